"""Whether each line of a file can be entered beside what stands already and the file's other lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from recovery.crypto import words
from recovery.domain import plan
from recovery.domain.days import date_of
from recovery.domain.protocol import Protocol
from recovery.models.clinic import Clinic
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries import imports
from recovery.services.import_file import Line, Problem

ANOTHERS = "The number is a patient's already, who has another name: is it mistyped, or a shared phone?"


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands already: whose a number is, and her treatments."""

    clinic: Clinic
    hashes: Mapping[str, bytes]
    patients: Mapping[bytes, Patient]
    treatments: Mapping[UUID, Sequence[Treatment]]

    def patient(self, line: Line) -> Patient | None:
        phone = line.person["phone"]
        return self.patients.get(self.hashes[phone]) if phone else None


def problems(clinic: Clinic, lines: Sequence[Line], protocol: Protocol, now: datetime) -> list[Problem]:
    """What would be refused, line by line. Inside a unit of work."""
    hashes = imports.phone_hashes({line.person["phone"] for line in lines if line.person["phone"]})
    patients = imports.patients_by_phone(clinic.id, hashes.values())
    treated = imports.treated([row.id for row in patients.values()])
    standing = _Standing(clinic, hashes, patients, treated)
    found: list[Problem] = []
    seen: dict[object, int] = {}
    for line in lines:
        patient = standing.patient(line)
        zone = patient.timezone if patient else line.person["timezone"]
        on = date_of(line.treatment["treated_at"], zone)
        found += _in_itself(line, on, protocol, now)
        found += _twice(line, on, seen)
        found += _of_patient(line, on, patient, standing) if patient else _without_phone(line, on, clinic)
    return found


def is_named_so(patient: Patient, line: Line) -> bool:
    """Whether every word of the shorter name stands in the other; a surname alone is a family's."""
    return same_person(line.person["name"], patient.name or "")


def same_person(one: str, other: str) -> bool:
    """Whether two names can be one person's, written more and less fully."""
    fewer, more = sorted((set(words(one)), set(words(other))), key=len)
    return fewer <= more and bool(fewer or one == other)


def _in_itself(line: Line, on: date, protocol: Protocol, now: datetime) -> list[Problem]:
    found = []
    wrong = plan.accepts_treated_at(protocol, line.treatment["treated_at"], now)
    if wrong:
        found.append((line.number, "treated_at", wrong))
    session = line.treatment["next_session_on"]
    if session is not None and session <= on:
        found.append((line.number, "next_session_on", "Must be after the day of the treatment."))
    return found


def _twice(line: Line, on: date, seen: dict[object, int]) -> list[Problem]:
    """One line a patient: she is known by her number, without one by her name and day."""
    phone = line.person["phone"]
    key = phone or (line.person["name"], on)
    first = seen.setdefault(key, line.number)
    if first == line.number:
        return []
    return [(line.number, "phone" if phone else "name", f"The same patient stands on line {first}.")]


def _of_patient(line: Line, on: date, patient: Patient, standing: _Standing) -> list[Problem]:
    if not is_named_so(patient, line):
        return [(line.number, "phone", ANOTHERS)]
    treated = standing.treatments.get(patient.id, ())
    if any(row.treated_on == on for row in treated):
        return [(line.number, "treated_at", "This patient has a treatment on that day already.")]
    if any(row.treated_at > line.treatment["treated_at"] for row in treated):
        return [(line.number, "treated_at", "A later treatment of this patient is entered already.")]
    return []


def _without_phone(line: Line, on: date, clinic: Clinic) -> list[Problem]:
    if line.person["phone"] or not imports.treated_without_phone(clinic.id, line.person["name"], on):
        return []
    return [(line.number, "name", "A patient of this name, without a phone, has a treatment on that day.")]
