"""A text for one patient: her language, her clinic's words and numbers filled in."""

from functools import lru_cache

import phonenumbers

from recovery.domain import canned, wording
from recovery.domain.canned import Canned
from recovery.domain.vocabulary import CheckInKind
from recovery.models.clinic import Clinic


def compose(key: str, clinic: Clinic, language: str, **fillings: object) -> str:
    """The text `key` as it leaves; `fillings` are what the clinic's own facts do not hold."""
    return wording.text(
        key,
        language,
        clinic.region,
        clinic=clinic.sms_name,
        phone=shown(clinic.phone),
        em=clinic.emergency_number,
        crisis=clinic.crisis_number,
        **fillings,
    )


def question(clinic: Clinic, language: str, skin_type: str | None, kind: str, day: int) -> tuple[str, str]:
    """The key and the text of a check-in of that kind on that day of a recovery."""
    key = wording.question(CheckInKind(kind), skin_type)
    return key, compose(key, clinic, language, day=day)


def offered(clinic: Clinic, language: str, day: int) -> tuple[Canned, ...]:
    """What a nurse may send at a touch to a patient on that day of her recovery."""
    return canned.texts(
        language, clinic=clinic.sms_name, phone=shown(clinic.phone), em=clinic.emergency_number, day=day
    )


@lru_cache(1000)
def shown(phone: str) -> str:
    """A number as people dial it at home, at most 16 characters, which is the longest E.164."""
    number = phonenumbers.parse(phone)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return national if len(national) <= wording.LONGEST["phone"] else phone
