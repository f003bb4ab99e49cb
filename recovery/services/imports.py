"""A file of treatments becomes patients and treatments: all of it checked first, then written in batches.

An import is named by its file's content, and each treatment by its import and line, which the database
holds unique. So the same file sent again goes on where it stopped, whatever ended it, and doubles nothing.
The file itself is not kept.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Thread
from uuid import UUID

import structlog
from flask import Flask, current_app

from recovery import context
from recovery.db import add_if_new, db, keyring, new_id, reading, writing
from recovery.domain.errors import Conflict, Invalid
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import TreatmentImport
from recovery.queries import imports
from recovery.queries import patients as stored
from recovery.queries import treatments as standing
from recovery.services import audit, import_checks, import_file, patients, treatments
from recovery.services.audit import Actor
from recovery.services.import_file import PROBLEMS_AT_MOST, Line, Problem
from recovery.services.treatments import Beginning
from recovery.services.values import parsed

logger = structlog.get_logger()

BATCH = 50
ANSWERS_WITHIN = timedelta(seconds=5)  # a proxy before us waits for some twenty


def take(
    actor: Actor,
    content: bytes,
    clock: Callable[[], datetime],
    *,
    batch: int = BATCH,
    answers_within: timedelta = ANSWERS_WITHIN,
) -> UUID:
    """Check the file whole and, if nothing is wrong, write what of it is not written yet; the import's id.

    Opens its own units of work: one to check, one to note, one a batch. What is not written when it
    is time to answer is written behind the answer, by a thread of this process.
    """
    until = time.monotonic() + answers_within.total_seconds()
    with reading():
        lines, problems, length = _checked(actor.clinic_id, content, clock())
    with writing():
        import_id = _noted(actor, content, length, problems, clock())
    batches = [] if problems else [lines[place : place + batch] for place in range(0, len(lines), batch)]
    left = _write_batches(actor, import_id, batches, clock, until)
    if left:
        _go_on_behind(actor, import_id, left, clock)
    return import_id


def status(row: TreatmentImport) -> str:
    """`refused`: nothing is written; `stopped`: some lines could not be; `writing`: it may go on; `done`."""
    if row.written < row.lines and row.problems:
        return "stopped" if row.written else "refused"
    return "done" if row.ended_at is not None and row.written >= row.lines else "writing"


def _checked(clinic_id: UUID, content: bytes, now: datetime) -> tuple[list[Line], list[Problem], int]:
    """The lines still to be written, what is wrong, and how many treatments the file has."""
    clinic = db.session.get_one(Clinic, clinic_id)
    file = import_file.read(content, clinic)
    before = imports.import_of(clinic_id, _digest(content))
    written = imports.written_lines(before.id) if before is not None else set()
    left = [line for line in file.lines if line.number not in written]
    problems = [each for each in file.problems if each[0] not in written]
    if not problems:
        protocol = parsed(standing.current_protocol(clinic_id))
        problems = import_checks.problems(clinic, left, protocol, now)
    wrong = {line for line, _, _ in file.problems}
    return left, sorted(problems), len(file.lines) + len(wrong)


def _noted(actor: Actor, content: bytes, length: int, problems: Sequence[Problem], now: datetime) -> UUID:
    """The import's row, made at the first time; what was wrong the last time is forgotten."""
    digest = _digest(content)
    add_if_new(
        TreatmentImport,
        id=new_id(),
        clinic_id=actor.clinic_id,
        staff_id=actor.staff_id,
        digest=digest,
        lines=length,
        written=0,
        problems=[],
        created_at=now,
    )
    found = imports.import_of(actor.clinic_id, digest)
    row = imports.locked_import(found.id) if found is not None else None
    assert row is not None  # noqa: S101 (just made sure of)
    audit.record(actor, "import", "import", [row.id], now)  # a refusal, too, tells of who is known
    if status(row) == "done":
        return row.id
    row.lines, row.ended_at = length, None
    row.problems = [list(each) for each in problems[:PROBLEMS_AT_MOST]]
    return row.id


def _write_batches(
    actor: Actor,
    import_id: UUID,
    batches: Sequence[Sequence[Line]],
    clock: Callable[[], datetime],
    until: float | None = None,
) -> Sequence[Sequence[Line]]:
    """One batch after the other; gives what is left when it is time (monotonic) or the process ends."""
    for done, lines in enumerate(batches):
        if context.stopping().is_set() or (until is not None and time.monotonic() > until):
            return batches[done:]
        with writing():
            _write(actor, import_id, lines, clock())
    with writing():
        _end(import_id, clock())
    return ()


def _go_on_behind(
    actor: Actor, import_id: UUID, batches: Sequence[Sequence[Line]], clock: Callable[[], datetime]
) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def behind() -> None:
        try:
            with app.app_context():
                _write_batches(actor, import_id, batches, clock)
        except Exception as error:  # its page shows how far it came, and to send the file again
            logger.error("import_stopped", treatment_import=str(import_id), error=type(error).__name__)

    Thread(target=behind, name=f"import {import_id}", daemon=True).start()


def _write(actor: Actor, import_id: UUID, lines: Sequence[Line], now: datetime) -> None:
    """One batch: its lines that nobody has written meanwhile, together; if one is refused each by itself."""
    row = imports.locked_import(import_id)
    assert row is not None  # noqa: S101 (never deleted)
    clinic = db.session.get_one(Clinic, actor.clinic_id)
    written = imports.written_lines(import_id)
    left = [line for line in lines if line.number not in written]
    known = _locked(clinic, left)
    try:
        with db.session.begin_nested():
            added = _enter(clinic, row.id, left, known, now)
    except (Conflict, Invalid):  # one of them was entered by somebody since the file was checked
        added = _enter_each(clinic, row, left, known, now)
    row.written += len(added)
    if added:
        audit.record(actor, "import", "treatment", added, now)


def _locked(clinic: Clinic, lines: Sequence[Line]) -> dict[str, Patient]:
    """The patients of these lines who are here already, locked in one order for everybody."""
    hashes = imports.phone_hashes({line.person["phone"] for line in lines if line.person["phone"]})
    found = imports.patients_by_phone(clinic.id, hashes.values())
    locked = {each.id: stored.locked_patient(each.id) for each in sorted(found.values(), key=_by_id)}
    rows = {phone: locked[found[each].id] for phone, each in hashes.items() if each in found}
    return {phone: row for phone, row in rows.items() if row is not None}


def _enter_each(
    clinic: Clinic, row: TreatmentImport, lines: Sequence[Line], known: dict[str, Patient], now: datetime
) -> list[UUID]:
    """Line by line, those left out that are refused, which is written down."""
    added = []
    for line in lines:
        try:
            with db.session.begin_nested():
                added += _enter(clinic, row.id, [line], known, now)
        except (Conflict, Invalid) as refusal:
            row.problems = [*row.problems, [line.number, "", _sentence(refusal)]][:PROBLEMS_AT_MOST]
    return added


def _enter(
    clinic: Clinic, import_id: UUID, lines: Sequence[Line], known: dict[str, Patient], now: datetime
) -> list[UUID]:
    """The treatments, of new patients or of those who have the numbers."""
    whose = {line.number: known.get(line.person["phone"] or "") for line in lines}
    for line in lines:
        patient = whose[line.number]
        if patient is not None and not import_checks.is_named_so(patient, line):
            raise Conflict(import_checks.ANOTHERS)
        if patient is not None:
            _update(patient, line, now)
    new = [line for line in lines if whose[line.number] is None]
    people = [{**line.person, "consented_at": _agreed_at(line, now)} for line in new]
    whose |= zip((line.number for line in new), patients.enrol_all(clinic, now, people), strict=True)
    beginnings = []
    for line in lines:
        patient = whose[line.number]
        assert patient is not None  # noqa: S101 (known, or just enrolled)
        named = {**line.treatment, "import_id": import_id, "import_line": line.number}
        beginnings.append(Beginning(patient, named.pop("treated_at"), named))
    return [row.id for row in treatments.begin_all(clinic.id, beginnings, now)]


def _agreed_at(line: Line, now: datetime) -> datetime | None:
    return now if line.agrees else None


def _update(patient: Patient, line: Line, now: datetime) -> None:
    """Of somebody who is here already only what must not be missed: her consent, and new risk facts."""
    changes: dict[str, object] = {}
    if line.agrees != (patient.consented_at is not None):
        changes["consented_at"] = _agreed_at(line, now)
    facts = set(patient.risk_facts) | set(line.person["risk_facts"])
    if facts != set(patient.risk_facts):
        changes["risk_facts"] = sorted(facts)
    if changes:
        patients.change(patient, now, changes)


def _end(import_id: UUID, now: datetime) -> None:
    row = imports.locked_import(import_id)
    assert row is not None  # noqa: S101 (never deleted)
    if row.ended_at is None and (row.problems or row.written >= row.lines):
        row.ended_at = now


def _digest(content: bytes) -> bytes:
    return keyring().text_hash(content.decode("latin-1"))


def _sentence(refusal: Conflict | Invalid) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(sentence for sentences in refusal.errors.values() for sentence in sentences)
    return str(refusal)


def _by_id(row: Patient) -> UUID:
    return row.id
