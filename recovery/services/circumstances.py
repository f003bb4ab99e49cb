"""What decides about texts that are to go, read for many of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import clinics, many, messages, outgoing
from recovery.queries.messages import HandedOver

_A_DAY = timedelta(hours=36)  # longer than any local day

Texts = Sequence[tuple[Message, Patient | None]]


@dataclass(frozen=True, slots=True)
class Texted:
    """The automatic texts that were handed over to one patient: of a treatment, and of any this day."""

    treatment_id: UUID | None
    handed_over: Sequence[HandedOver]

    @property
    def kinds_of_treatment(self) -> list[str]:
        """What automatic texts the treatment has had."""
        if self.treatment_id is None:
            return []
        return [each.kind or "" for each in self.handed_over if each.treatment_id == self.treatment_id]

    def between(self, since: datetime, until: datetime) -> int:
        """How many were handed over in that time, today."""
        claimed = (each.claimed_at for each in self.handed_over)
        return sum(at is not None and since <= at < until for at in claimed)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How things stand about one text whose patient, if it has one, is locked.

    `is_held`: automatic texts are, everywhere or for its clinic. `is_stopped`: a STOP stands that may
    bind it.
    """

    patient: Patient | None
    clinic: Clinic | None
    treatment: Treatment | None
    check_in: CheckIn | None
    is_held: bool
    is_stopped: bool
    texted: Texted


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides about a reminder of a question that went; `ahead`: how many are still to be sent."""

    check_in: CheckIn
    texted: Texted
    ahead: int


def of(texts: Texts, now: datetime, *, held: bool) -> dict[UUID, Circumstances]:
    """By the text's id. `held`: whether automatic texts are everywhere."""
    rows = [message for message, _ in texts]
    purposes = outgoing.purposes(row.id for row in rows)
    offices = clinics.clinics_by_id(_ids(row.clinic_id for row in rows))
    texted = _texted(rows, now)
    found = {}
    for message, patient in texts:
        clinic = offices.get(message.clinic_id) if message.clinic_id else None
        found[message.id] = Circumstances(
            patient=patient,
            clinic=clinic,
            treatment=purposes[message.id].treatment,
            check_in=purposes[message.id].check_in,
            is_held=held or (clinic is not None and clinic.texting_off_at is not None),
            is_stopped=purposes[message.id].is_stopped,
            texted=texted[message.id],
        )
    return found


def of_sent(rows: Sequence[Message], now: datetime) -> dict[UUID, Asked]:
    """By the text's id, of those that ask a check-in."""
    asking = {row: row.asks for row in rows if row.asks is not None}
    if not asking:
        return {}
    asked = many.asked(set(asking.values()))
    texted = _texted(list(asking), now)
    found = {}
    for row, check_in_id in asking.items():
        check_in, ahead = asked[check_in_id]
        found[row.id] = Asked(check_in, texted[row.id], ahead)
    return found


def _texted(rows: Sequence[Message], now: datetime) -> dict[UUID, Texted]:
    theirs = _ids(row.patient_id for row in rows if row.treatment_id)
    handed = messages.handed_over(theirs, _ids(row.treatment_id for row in rows), now - _A_DAY)
    return {
        row.id: Texted(row.treatment_id, handed.get(row.patient_id, ()) if row.patient_id else ())
        for row in rows
    }


def _ids(found: Iterable[UUID | None]) -> set[UUID]:
    return {each for each in found if each is not None}
