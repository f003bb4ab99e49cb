"""What tests of the API need to be there first, made through the API itself."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from recovery.db import db, new_id, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.patient import UnknownNumber
from recovery.models.treatment import TreatmentImport
from recovery.queries import tokens
from recovery.services import inbox, recoveries
from recovery.services.incoming import Incoming
from tests import make
from tests.api.conftest import Caller

TREATED_AT = "2026-11-20T11:00:00-05:00"
_numbers = count(2000)


def maria(**details: Any) -> dict[str, Any]:
    """A patient's body that is right in every field."""
    return {
        "name": "Maria Lopez",
        "phone": f"+1647555{next(_numbers):04d}",
        "consented_at": "2026-11-20T10:00:00-05:00",
        **details,
    }


def patient(api: Caller, **details: Any) -> dict[str, Any]:
    answer = api.post("patients", maria(**details))
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def treatment(api: Caller, of: dict[str, Any] | None = None, **details: Any) -> dict[str, Any]:
    of = of or patient(api)
    answer = api.post("treatments", {"patient_id": of["id"], "treated_at": TREATED_AT, **details})
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def case(api: Caller, of: dict[str, Any] | None = None, redness: int = 9) -> dict[str, Any]:
    """A case, flagged because of a severe score on the day of treatment."""
    of = of or treatment(api)
    answer = api.post(f"treatments/{of['id']}/reports", {"redness": redness, "swelling": 2, "itching": 1})
    assert answer.status_code == 201, answer.text
    shown = api.get(f"flagged-cases/{answer.json['case_id']}")
    assert shown.status_code == 200, shown.text
    return dict(shown.json)


def wrote(phone: str, text: str, at: datetime = make.NOON) -> None:
    """A text comes in from that number."""
    with writing():
        clinic_phone = db.session.scalars(sa.select(Clinic.phone)).one()
        incoming = Incoming(f"SM{new_id().hex}", to=clinic_phone, sender=phone, body=text, from_twiml=False)
        inbox.receive(incoming, at)


def review(at: datetime) -> None:
    """The job that looks at recoveries and at snoozes runs once."""
    recoveries.review(lambda: at)


def later(**delta: float) -> str:
    return (make.NOON + timedelta(**delta)).isoformat()


def unknown_number(clinic: Clinic) -> str:
    """The id of a number of nobody that wrote to the clinic."""
    number_id = new_id()
    with writing() as session:
        session.add(
            UnknownNumber(
                id=number_id,
                clinic_id=clinic.id,
                phone="+16475550999",
                phone_hash=b"x" * 32,
                first_at=make.NOON,
                last_at=make.NOON,
            )
        )
    return str(number_id)


def colleague(clinic: Clinic) -> dict[str, str]:
    """A nurse of the clinic who has a token: the ids of both, as paths name them."""
    person = make.nurse(clinic, "colleague@rosewood.example")
    make.token(person)
    with reading():
        (token,) = tokens.standing_of(person.id)
        return {"staff_id": str(person.id), "token_id": str(token.id)}


def protocol_version(admin: Caller) -> str:
    """The number of a second version of the protocol."""
    written = admin.post("protocol", {"based_on": 1, "changes": {"severe_from": 8}})
    assert written.status_code == 201, written.text
    return str(written.json["number"])


def treatment_import(api: Caller) -> str:
    """The id of a file that was sent and refused."""
    refused = api.post("imports", data=b"name\n", content_type="text/csv")
    assert refused.status_code == 422, refused.text
    with reading():
        return str(db.session.scalars(sa.select(TreatmentImport.id)).one())
