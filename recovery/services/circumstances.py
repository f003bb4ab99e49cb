"""What decides about texts that are to go, read for many of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.domain.thread import Line
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import clinics, many, messages, outgoing
from recovery.services import switches

_A_DAY = timedelta(hours=36)  # longer than any local day


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How things stand about one text whose patient, if it has one, is locked.

    `is_held`: automatic texts are, everywhere or for its clinic. `is_stopped`: a STOP stands that may
    bind it. `handed_over`: the patient's automatic texts, of this treatment and of this day; `ahead`: how
    many questions of the treatment are still to be sent.
    """

    patient: Patient | None
    clinic: Clinic | None
    treatment: Treatment | None
    check_in: CheckIn | None
    is_held: bool
    is_stopped: bool
    handed_over: Sequence[Line]
    ahead: int

    @property
    def kinds_of_treatment(self) -> list[str]:
        """What automatic texts the treatment has had."""
        if self.treatment is None:
            return []
        return [each.kind or "" for each in self.handed_over if each.treatment_id == self.treatment.id]

    def texts_between(self, since: datetime, until: datetime) -> int:
        """How many automatic texts were handed over to the patient in that time, today."""
        claimed = (each.claimed_at for each in self.handed_over)
        return sum(at is not None and since <= at < until for at in claimed)


def of(texts: Sequence[tuple[Message, Patient | None]], now: datetime) -> dict[UUID, Circumstances]:
    """By the text's id."""
    rows = [message for message, _ in texts]
    held = switches.is_held()
    stopped = outgoing.stopped(row.id for row in rows)
    offices = clinics.clinics_by_id(_ids(row.clinic_id for row in rows))
    begun = many.treatments_by_id(_ids(row.treatment_id for row in rows))
    asked = many.check_ins_by_id(_ids(row.check_in_id for row in rows))
    theirs = _ids(row.patient_id for row in rows if row.treatment_id)
    handed = messages.handed_over(theirs, begun, now - _A_DAY)
    ahead = many.planned_check_ins(begun)
    found = {}
    for message, patient in texts:
        clinic = offices.get(message.clinic_id) if message.clinic_id else None
        found[message.id] = Circumstances(
            patient=patient,
            clinic=clinic,
            treatment=begun.get(message.treatment_id) if message.treatment_id else None,
            check_in=asked.get(message.check_in_id) if message.check_in_id else None,
            is_held=held or (clinic is not None and clinic.texting_off_at is not None),
            is_stopped=message.id in stopped,
            handed_over=handed.get(message.patient_id, ()) if message.patient_id else (),
            ahead=ahead.get(message.treatment_id, 0) if message.treatment_id else 0,
        )
    return found


def _ids(found: Iterable[UUID | None]) -> set[UUID]:
    return {each for each in found if each is not None}
