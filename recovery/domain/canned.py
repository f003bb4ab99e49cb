"""What a nurse may send a patient at a touch: in the patient's language, with the English beside it.

The words stand in `texts/`, under `[canned]`. They ask, invite and thank; none of them diagnoses.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recovery.domain import gsm7, wording

TITLES: Mapping[str, str] = {
    "please_call": "Please call us",
    "usual": "Usual for this day: keep to the care sheet",
    "send_photo": "Please send a photo",
    "come_in": "Please come in",
    "how_now": "How is it now?",
    "glad": "Glad to hear it",
}


@dataclass(frozen=True, slots=True)
class Canned:
    """`text` as it would leave, `english` what it says, `title` what a nurse chooses it by."""

    key: str
    title: str
    text: str
    english: str


def texts(language: str, *, clinic: str, phone: str, em: str, day: int) -> tuple[Canned, ...]:
    """All of them, filled in: the clinic's short name, its phone, the emergency number, the patient's day.

    Raises KeyError for a language without texts.
    """
    fillings: dict[str, object] = {"clinic": clinic, "phone": phone, "em": em, "day": day}
    theirs, english = wording.canned(language), wording.canned("en")
    return tuple(
        Canned(key, title, _filled(theirs[key], fillings), _filled(english[key], fillings))
        for key, title in TITLES.items()
    )


def _filled(template: str, fillings: Mapping[str, object]) -> str:
    return gsm7.plain(template.format_map(fillings))
