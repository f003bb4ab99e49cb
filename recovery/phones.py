"""Phone numbers as people type them, kept as E.164."""

import phonenumbers

from recovery.domain.errors import Invalid


def parsed(typed: str, region: str, field: str = "phone") -> str:
    """The number as E.164. Raises Invalid if it is no valid number as dialled from `region`.

    A number with an extension is a switchboard's, which takes no texts.
    """
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise Invalid({field: ["Not a phone number."]}) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise Invalid({field: ["Not a valid phone number."]})
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def looked_for(q: str | None, region: str) -> str | None:
    """The number (E.164) that a search asks for; None if the search is no number."""
    try:
        return parsed(q, region) if q is not None else None
    except Invalid:
        return None


def region_of(phone: str) -> str:
    """The country (ISO code) of an E.164 number; US for one of no country, such as a toll-free one."""
    return str(phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or "US")
