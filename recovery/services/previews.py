"""Every text that leaves a clinic, filled with its own facts and a made-up patient's, and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from recovery import context
from recovery.domain import canned, gsm7, targets, wording
from recovery.domain.occasions import GROUPS
from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import LANGUAGES, Priority
from recovery.models.clinic import Clinic
from recovery.queries import treatments
from recovery.services.texts import compose, offered
from recovery.services.values import hours_of, parsed

DAY, CASES = 2, 3  # of the made-up patient, and of the phone on call
BY_A_NURSE = "What a nurse may send at a touch"
_MISSING = {"partial": ("swelling", "itching"), "partial_one": ("itching",)}


@dataclass(frozen=True, slots=True)
class Preview:
    """One text in one language as a phone gets it; `places` of 160 in GSM-7, of 70 in UCS-2."""

    language: str
    text: str
    encoding: str
    places: int
    segments: int


@dataclass(frozen=True, slots=True)
class Wording:
    """One text that may leave, when it does, and how it reads in each language."""

    key: str
    group: str
    occasion: str
    previews: Sequence[Preview]


def all_texts(clinic: Clinic, now: datetime) -> list[Wording]:
    """In the order of their groups, the nurse's own last."""
    protocol = parsed(treatments.current_protocol(clinic.id))
    sent = [
        Wording(key, group, occasion, [_preview(key, clinic, protocol, each, now) for each in LANGUAGES])
        for group, texts in GROUPS.items()
        for key, occasion in texts.items()
        if _is_ours(key, clinic)
    ]
    return sent + _by_a_nurse(clinic)


def measured(language: str, text: str) -> Preview:
    """How a text travels: its alphabet, the room that it takes, and the segments that are charged."""
    if gsm7.is_gsm7(text):
        return Preview(language, text, "GSM-7", gsm7.septets(text), gsm7.segments(text))
    units = len(text.encode("utf-16-le")) // 2
    return Preview(language, text, "UCS-2", units, gsm7.segments(text))


def _is_ours(key: str, clinic: Clinic) -> bool:
    """A clinic with a crisis line never sends the text for one without, and the other way round."""
    unused = "emergency_self_harm_no_line" if clinic.crisis_number else "emergency_self_harm"
    return key != unused


def _preview(key: str, clinic: Clinic, protocol: Protocol, language: str, now: datetime) -> Preview:
    fillings = _fillings(key, clinic, protocol, language, now)
    return measured(language, compose(key, clinic, language, **fillings))


def _fillings(
    key: str, clinic: Clinic, protocol: Protocol, language: str, now: datetime
) -> Mapping[str, object]:
    hours = hours_of(clinic)
    promised = targets.shown_when(hours, targets.due(protocol, hours, Priority.SOON, now))
    fillings: dict[str, object] = {
        "day": DAY,
        "last": protocol.expected(None, None).days,
        "minutes": protocol.on_call_silence_minutes,
        "when": wording.when(promised, clinic.timezone, language, clinic.region),
        "url": wording.link(context.config().public_url),
        **wording.waiting(Priority.URGENT, CASES if key == "on_call_several" else 1, language),
    }
    if key in _MISSING:
        fillings |= wording.partial(_MISSING[key], language, clinic.region)
    return fillings


def _by_a_nurse(clinic: Clinic) -> list[Wording]:
    by_language = {each: {text.key: text.text for text in offered(clinic, each, DAY)} for each in LANGUAGES}
    return [
        Wording(
            key,
            BY_A_NURSE,
            title.rstrip("?") + ("?" if title.endswith("?") else "."),
            [measured(each, texts[key]) for each, texts in by_language.items()],
        )
        for key, title in canned.TITLES.items()
    ]
