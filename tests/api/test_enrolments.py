"""A patient with her treatment in one call, and what would follow."""

import sqlalchemy as sa

from recovery.db import db, reading
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.system import AuditEvent, IdempotencyKey
from recovery.models.treatment import Treatment
from tests.api import stories
from tests.api.conftest import Caller

KEY = {"Idempotency-Key": "e1"}


def enrolment(**treatment: object) -> dict[str, object]:
    return {
        "patient": stories.maria(language="es"),
        "treatment": {"treated_at": stories.TREATED_AT, **treatment},
    }


def test_both_are_entered_or_neither(api: Caller) -> None:
    early = enrolment(treated_at="2026-10-01T10:00:00Z")
    assert api.post("enrolments", early).json["errors"] == {
        "treated_at": ["The treatment is more than 28 days back."]
    }
    assert _stored() == 0

    answer = api.post("enrolments", enrolment(needle_depth_mm=1.5))

    assert answer.status_code == 201
    patient, treatment = answer.json["patient"], answer.json["treatment"]
    assert treatment["patient_id"] == patient["id"]
    assert api.get(f"treatments/{treatment['id']}").json["needle_depth_mm"] == 1.5


def test_a_preview_tells_every_text_and_stores_nothing(api: Caller) -> None:
    body = enrolment(next_session_on="2026-12-12")

    shown = api.post("enrolments/preview", body, headers=KEY).json

    assert (shown["texting"], shown["phone"]) == ("on", body["patient"]["phone"])  # type: ignore[index]
    kinds = [(text["kind"], text["day"]) for text in shown["texts"]]
    assert kinds == [("welcome", 0), *(("check_in", day) for day in (1, 2, 3, 4, 5, 7)), ("late", 20)]
    assert shown["texts"][1]["body"].startswith("Dia 1.")
    assert shown["texts"][1]["english"].startswith("Day 1:")
    assert _stored() == 0


def test_a_preview_is_refused_for_what_the_enrolment_would_be(api: Caller) -> None:
    taken = enrolment()
    stories.patient(api, phone=taken["patient"]["phone"])  # type: ignore[index]

    assert api.post("enrolments/preview", taken).status_code == 409
    wrong = {**enrolment(), "patient": {"name": "X", "phone": "12", "consented_at": None, "id": "x"}}
    assert list(api.post("enrolments/preview", wrong).json["errors"]) == ["patient.id"]


def _stored() -> int:
    """Rows of anybody or anything; the kept answer to a key is none of them."""
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) in (0, 1)
        counts = [
            sa.select(sa.func.count()).select_from(each) for each in (Patient, Treatment, Message, AuditEvent)
        ]
        return sum(db.session.scalar(count) or 0 for count in counts)
