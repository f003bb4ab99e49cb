"""Every route that shows or changes a patient's data leaves a row in the audit: read from the app's map."""

import ast
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from recovery.api.guard import PREFIX
from recovery.api.sections import Section
from recovery.db import db, new_id, reading, writing
from recovery.domain import audited
from recovery.models.clinic import Clinic
from recovery.models.system import AuditEvent
from recovery.models.treatment import TreatmentImport
from recovery.queries import staff as people
from recovery.services import audit, clock, inbox, tokens
from recovery.services.incoming import Incoming
from tests import make
from tests.pictures import jpeg
from tests.web.visitor import Visitor

PACKAGE = Path(config.__file__).parent / "recovery"

# What shows nobody's data, and why. A route that is neither here nor recorded fails the tests below.
SHOWS_NOBODY = {
    "static": "a file",
    "api-docs-page.static": "a file",
    "api-docs-page.page": "the description of the API",
    "api-docs.openapi_json": "the description of the API",
    "health.healthz": "the process",
    "health.readyz": "counts",
    "health.metrics": "counts",
    "access.sign_in": "a form",
    "access.give_code": "a form",
    "new_password.show": "a form",
    "new_password.take": "leads to a form",
    "account.show": "her own account",
    "second_step.show": "her own account",
    "enrolment.show": "an empty form",
    "imports.show": "files and their lines' problems",
    "imports.give_template": "a file without anybody in it",
    "statistics.show": "counts",
    "statistics.give": "counts",
    "api-statistics.show_statistics": "counts",
    "clinic.show": "the clinic's facts",
    "api-clinic.show_clinic": "the clinic's facts",
    "wording.show": "wordings",
    "api-clinic.show_wording": "wordings",
    "protocol.show": "numbers",
    "protocol.edit": "numbers",
    "protocol.show_version": "numbers",
    "api-protocol.show_protocol": "numbers",
    "api-protocol.show_version": "numbers",
    "api-colleagues.list_colleagues": "colleagues",
    "staff.show": "colleagues, to an admin",
    "staff.show_one": "a colleague, to an admin",
    "api-staff.show_member": "a colleague, to an admin",
    "tokens.show": "tokens, to an admin",
    "trial.show": "a form",
    "worklist.front": "leads to the list",
    "case.fresh": "says whether anything changed, and not what",
    "phone.front": "leads to a patient's phone, or to nobody's",
}
CHANGES_NOBODY = {
    "access.sign_in": "services/entering.py records it",
    "access.give_code": "services/entering.py records it",
    "imports.take": "services/imports.py records each batch",
    "second_step.begin": "shows a secret of her own to her password; `confirm` records that it counts",
    "trial.try_out": "nothing is stored",
    "phone.answer": "a made-up patient writes, in the demonstration",
    "phone.skip": "the demonstration's clock",
    "webhooks.inbound": "a patient writes: the text itself is kept",
    "webhooks.status": "the provider tells: kept as it came",
}


def test_every_page_and_answer_about_a_patient_is_recorded(app: Flask) -> None:
    later, visitor = make.NOON + audit.REPEATS_FOR + timedelta(minutes=5), Visitor(app.test_client())
    with clock.set_to(make.NOON):
        ids = samples()
        assert visitor.sign_in("boss@rosewood.example").status_code == 303
    unrecorded, wrong = [], []
    for endpoint, path in shown_to(app, ids):
        before = recorded()
        with clock.set_to(later if path.startswith(PREFIX) else make.NOON):
            status = visitor.open("GET", path).status_code
        wrong += [(endpoint, status)] if status != 200 else []
        unrecorded += [endpoint] if recorded() == before else []
    assert (wrong, unrecorded) == ([], [])


def test_every_change_on_a_page_is_recorded(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods & {"POST", "PUT", "PATCH", "DELETE"} and not rule.rule.startswith(PREFIX)
        if rule.endpoint not in CHANGES_NOBODY and not records(app.view_functions[rule.endpoint])
    ]
    assert silent == []


def test_every_route_of_the_api_is_made_by_a_section_which_records(app: Flask) -> None:
    made = {
        rule.endpoint.partition(".")[0]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{PREFIX}/")
    }
    assert all(isinstance(app.blueprints[each], Section) for each in made)
    assert reaches(PACKAGE / "api/sections.py", "writes")


def test_the_words_of_the_audit_stand_in_one_place() -> None:
    unknown = [
        (name, action, subject)
        for name, action, subject in spoken()
        if action not in audited.ACTIONS or subject not in audited.SUBJECTS
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (("list", "case", 25), "Listed 25 cases"),
        (("view", "patient", 1), "Looked at a patient"),
        (("view", "audit", 1), "Looked at the audit"),
        (("attach", "unknown_number", 1), "Attached to a patient an unknown number"),
        (("sign_out", "staff", 1), "Signed out"),
        (("disable", "staff", 1), "Disabled"),
        (("peek_at", "moon_stone", 2), "Peek at 2 moon stone"),
    ],
)
def test_an_event_is_said_in_words(event: tuple[str, str, int], said: str) -> None:
    assert audited.done(*event) == said


def shown_to(app: Flask, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(endpoint, path) of every GET that may show somebody, with ids of somebody who is there."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in SHOWS_NOBODY:
            path = rule.rule
            for name in rule.arguments:
                assert name in ids, f"{rule.rule} wants a sample of {name}"
                path = path.replace(f"<uuid:{name}>", ids[name])
            yield rule.endpoint, path


def samples() -> dict[str, str]:
    """A clinic with one of everything, seen by an admin."""
    clinic = make.clinic()
    clinic_id, clinic_phone = clinic.id, clinic.phone
    admin_id = make.nurse(clinic, "boss@rosewood.example", role="admin").id
    patient = make.patient(clinic)
    patient_id, phone = patient.id, patient.phone or ""
    treatment_id = make.treatment(patient).id
    photo_id = make.photo(db.session.get_one(Clinic, clinic_id), phone, jpeg())
    with writing() as session:
        inbox.receive(Incoming("SM1", clinic_phone, "+14165550177", "who is this"), make.NOON)
        token, _ = tokens.add(people.one(admin_id), "tests", datetime.now(UTC))
        token_id, import_id = token.id, new_id()
        session.add(_import(import_id, clinic_id, admin_id))
    with reading():
        one = {name: _only(name) for name in ("flagged_case", "unknown_number")}
    return {
        "patient_id": str(patient_id),
        "treatment_id": str(treatment_id),
        "case_id": one["flagged_case"],
        "photo_id": str(photo_id),
        "number_id": one["unknown_number"],
        "unknown_message_id": one["unknown_number"],
        "staff_id": str(admin_id),
        "token_id": str(token_id),
        "import_id": str(import_id),
    }


def _import(import_id: UUID, clinic_id: UUID, staff_id: UUID) -> TreatmentImport:
    return TreatmentImport(
        id=import_id,
        clinic_id=clinic_id,
        staff_id=staff_id,
        digest=b"d" * 32,
        lines=0,
        written=0,
        problems=[],
        created_at=make.NOON,
        ended_at=make.NOON,
    )


def _only(table: str) -> str:
    return str(db.session.scalars(sa.select(db.metadata.tables[table].c.id)).one())


def recorded() -> int:
    with reading():
        return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0


def records(view: Any) -> bool:
    """Whether a page's view leads to a row in the audit, by whatever functions of ours it names."""
    plain = inspect.unwrap(view)
    return reaches(Path(inspect.getsourcefile(plain) or ""), plain.__name__)


def reaches(path: Path, function: str, seen: frozenset[tuple[Path, str]] = frozenset()) -> bool:
    functions, imported = _module(path)
    if (path, function) in seen or function not in functions:
        return False
    seen |= {(path, function)}
    named = {each.id for each in ast.walk(functions[function]) if isinstance(each, ast.Name)}
    if _writes_a_row(functions[function]):
        return True
    return any(
        reaches(path, name, seen) or (name in imported and reaches(imported[name], name, seen))
        for name in named
    )


def _writes_a_row(function: ast.AST) -> bool:
    calls = [ast.unparse(each.func) for each in ast.walk(function) if isinstance(each, ast.Call)]
    return any(each in ("audit.record", "kept.record") for each in calls)


@cache
def _module(path: Path) -> tuple[dict[str, ast.AST], dict[str, Path]]:
    """A module's functions by name, and from which of our modules it has which names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {each.name: each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    imported = {
        alias.asname or alias.name: PACKAGE.parent / f"{(each.module or '').replace('.', '/')}.py"
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("recovery.web")
        for alias in each.names
    }
    return functions, {name: file for name, file in imported.items() if file.exists()}


def spoken() -> Iterator[tuple[str, str, str]]:
    """(file, action, subject) of every event whose words stand in the source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(each, ast.Call):
                continue
            called = ast.unparse(each.func)
            if called == "Answer" or called.endswith((".record", ".record_nobody")):
                words = [one.value if isinstance(one, ast.Constant) else "view" for one in each.args[1:3]]
                if len(words) == 2 and all(isinstance(one, str) for one in words):
                    subject = words[1] if isinstance(each.args[2], ast.Constant) else "case"
                    yield path.name, str(words[0]), str(subject)
