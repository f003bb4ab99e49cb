"""A text that our own code failed on: kept, and put before a nurse, who reads it herself."""

from datetime import datetime

from recovery.domain import triage
from recovery.domain.days import day_of
from recovery.domain.vocabulary import Intent, Priority
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient, UnknownNumber
from recovery.queries import treatments
from recovery.services import assessing, keywords, opt_outs, strangers
from recovery.services.incoming import Incoming


def leave(
    clinic: Clinic,
    patient: Patient | None,
    stranger: UnknownNumber | None,
    stored: Message,
    incoming: Incoming,
    now: datetime,
) -> None:
    """Act on the least of a stored text: a plain STOP is obeyed, and everything else is left to a nurse.

    Nobody knows what stands in it, so it is urgent. It gets no answer.
    """
    stops = keywords.is_plain_stop(incoming.body, incoming.opt_out_type)
    stored.intent = Intent.OPT_OUT if stops else Intent.UNCLEAR
    phone_hash = stored.phone_hash or b""
    treatment = treatments.latest_treatment(patient.id) if patient is not None else None
    if stops and patient is not None and patient.phone_hash == phone_hash:
        opt_outs.stop(patient, phone_hash, stored.written_at)
    elif stops:
        opt_outs.obey_number(Intent.OPT_OUT, clinic.id, phone_hash, stored.written_at)
    if patient is None or treatment is None:
        row = stranger or strangers.locked(clinic, incoming.sender, phone_hash, now)
        stored.unknown_number_id = row.id
        row.last_at, row.dismissed_at = now, None
        row.priority = row.priority or Priority.URGENT
        return
    stored.treatment_id = treatment.id
    evidence = triage.unread_message(
        source_id=str(stored.id),
        seq=stored.seq or 0,
        day=max(day_of(treatment.treated_at, stored.written_at, patient.timezone), 0),
        kind="broken",
    )
    case = assessing.assess(patient, treatment, now, [evidence])
    if case is not None:
        case.unread_messages += 1
