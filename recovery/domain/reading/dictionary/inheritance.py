"""What a longer phrase keeps of the shorter ones inside it: "de la cara" still holds the face."""

from collections.abc import Sequence
from typing import Protocol

from recovery.domain.reading.dictionary.tags import Tags, tags_of
from recovery.domain.reading.dictionary.tree import Words

_WHOLE = frozenset(  # kinds whose phrases say all that they hold
    (
        "flag",
        "opt_out",
        "idiom",
        "negation",
        "zero",
        "none",
        "concern",
        "degree",
        "before",
        "after",
        "fine",
        "ack",
    )
)


_PATIENT = frozenset({"speaker", "self"})


class Phrases(Protocol):
    """One language's phrases."""

    def get(self, words: Words) -> Tags | None:
        """What a phrase can mean by itself, if it is known."""


def inherit(words: Words, tags: Tags, phrases: Phrases) -> Tags:
    """A longer harmless phrase ("de la cara") with the parts of a danger ("la cara") that it holds.

    Whatever it means, one that speaks of the patient ("I feel") goes on doing so.
    """
    if len(words) == 1 or "kin" in tags or "pet" in tags:
        return _with_parts(words, tags, phrases)
    inside = [words[at:end] for at in range(len(words)) for end in range(at + 1, len(words) + 1)]
    speaks = any(not _PATIENT.isdisjoint(phrases.get(each) or ()) for each in inside if each != words)
    kept = _with_parts(words, tags, phrases)
    return tags_of({**kept, "speaker": ""}) if speaks else kept


def _with_parts(words: Words, tags: Tags, phrases: Phrases) -> Tags:
    if len(words) == 1 or ("flag" not in tags and not _WHOLE.isdisjoint(tags)):
        return tags
    if "flag" in tags:
        return _with_pain(words, tags, phrases)
    if "change" in tags and any("easing" in (phrases.get(words[:end]) or ()) for end in range(2, len(words))):
        tags = Tags({**tags, "easing": ""})  # "went down a lot"
    inside = (words[at:end] for at in range(len(words)) for end in range(at + 1, len(words) + 1))
    known = [held for each in inside if (held := phrases.get(each)) is not None]
    parts = {part for each in known for part in each.get("part", "").split()}
    names = {} if tags.keys() - {"part"} else _named(known)
    if not parts and not names:
        return tags
    return tags_of({**names, **tags, **({"part": " ".join(sorted(parts))} if parts else {})})


def _with_pain(words: Words, tags: Tags, phrases: Phrases) -> Tags:
    """ "Unbearable pain" with the pain and its degree, which are scored beside the flag."""
    if tags["flag"] != "severe_pain":
        return _with_name(words, tags, phrases) if tags["flag"] == "spreading" else tags
    found = dict(tags)
    for at in range(len(words)):
        for end in range(at + 1, len(words) + 1):
            held = (phrases.get(words[at:end]) or tags) if end - at < len(words) else tags
            found.update({kind: name for kind, name in held.items() if kind == "degree" or name == "pain"})
    has_pain = "pain" in (found.get("noun"), found.get("adjective"))
    return tags_of(found) if "degree" in found and has_pain else tags


def _with_name(words: Words, tags: Tags, phrases: Phrases) -> Tags:
    """ "Redness jumped" with the redness, which may have its number."""
    known = [held for word in words if (held := phrases.get((word,))) is not None]
    return tags_of({**_named(known), **tags}) if tags.symptom is None else tags


def _named(known: Sequence[Tags]) -> dict[str, str]:
    found = {kind: each[kind] for each in known for kind in ("noun", "adjective") if kind in each}
    degrees = [each.get("degree") or each["before"] for each in known if "degree" in each or "before" in each]
    return {**found, "degree": degrees[-1]} if found and degrees else found
