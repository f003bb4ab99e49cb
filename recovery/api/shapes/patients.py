"""A patient as JSON."""

from typing import Any

from recovery.api.schemas.treatments import FOLLOW_UP
from recovery.api.shapes.values import local_to
from recovery.domain.vocabulary import CaseStatus
from recovery.models.patient import Patient
from recovery.queries import recoveries, treatments
from recovery.services import gate


def patient(row: Patient) -> dict[str, Any]:
    local = local_to(row.timezone)
    return {
        "id": str(row.id),
        "name": row.name,
        "phone": row.phone,
        "language": row.language,
        "timezone": row.timezone,
        "skin_type": row.skin_type,
        "risk_facts": row.risk_facts,
        "consented_at": local(row.consented_at),
        "created_at": local(row.created_at),
        "version": row.version,
    }


def patient_detail(row: Patient) -> dict[str, Any]:
    """The same with whether she is texted, and where her treatments and cases are found."""
    local, cases = local_to(row.timezone), recoveries.cases_of(row.id)
    flagged = {case.treatment_id for case in cases if case.status != CaseStatus.RESOLVED}
    return {
        **patient(row),
        "texting": gate.texting(row),
        "number_doubted_at": local(row.number_doubted_at),
        "treatments": [
            {
                "id": str(each.id),
                "treated_at": local(each.treated_at),
                "status": FOLLOW_UP if each.id in flagged else each.status,
            }
            for each in treatments.treatments_of(row.id)
        ],
        "cases": [
            {"id": str(each.id), "treatment_id": str(each.treatment_id), "status": each.status}
            for each in cases
        ],
    }
