"""What is sealed at rest, who can open it, and how it is still found."""

import sqlite3
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from recovery.crypto import Keyring, Unreadable, key_id, words
from recovery.db import db, reading, writing
from recovery.queries import patients
from recovery.services import inbox
from tests import make

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
LOOKUP = b"a look-up key"
NAME = "patient.name"


def ring(*keys: bytes, lookup: bytes = LOOKUP) -> Keyring:
    return Keyring(keys, lookup)


@given(st.text())
def test_what_is_sealed_opens_again(value: str) -> None:
    assert ring(OLD).open(ring(OLD).seal(value, NAME), NAME) == value


def test_half_a_character_survives() -> None:
    assert ring(OLD).open(ring(OLD).seal("\ud83d", NAME), NAME) == "\ud83d"


def test_the_same_value_never_looks_the_same() -> None:
    assert len({ring(OLD).seal("Maria", NAME) for _ in range(100)}) == 100


def test_a_sealed_value_tells_nothing_but_its_key() -> None:
    sealed = ring(OLD).seal("Maria", NAME)
    assert b"Maria" not in sealed
    assert sealed[:5] == b"\x01" + key_id(OLD)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(Unreadable, match=r"treatment\.notes"):
        ring(OLD).open(ring(OLD).seal("Maria", NAME), "treatment.notes")


def test_a_value_changed_anywhere_does_not_open() -> None:
    sealed = ring(OLD).seal("Maria", NAME)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(Unreadable):
            ring(OLD).open(changed, NAME)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"Maria", b"\x01" + key_id(OLD), bytes(range(40))])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        ring(OLD).open(sealed, NAME)


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    before, after = ring(OLD), ring(NEW, OLD)
    assert after.open(before.seal("Maria", NAME), NAME) == "Maria"
    assert after.seal("Maria", NAME)[1:5] == key_id(NEW)


def test_a_removed_key_opens_nothing_and_is_named() -> None:
    sealed = ring(OLD).seal("Maria", NAME)
    with pytest.raises(Unreadable, match=f"no key {key_id(OLD).hex()} in DATA_KEYS"):
        ring(NEW).open(sealed, NAME)


def test_hashes_do_not_rotate_with_the_data_keys() -> None:
    assert ring(OLD).phone_hash("+16475550142") == ring(NEW, OLD).phone_hash("+16475550142")


def test_hashes_need_the_look_up_key() -> None:
    one, other = ring(OLD), ring(OLD, lookup=b"another look-up key")
    assert one.phone_hash("+16475550142") != other.phone_hash("+16475550142")
    assert one.name_hashes("Maria") & other.name_hashes("Maria") == set()


def test_hashes_of_different_kinds_never_meet() -> None:
    keys = ring(OLD)
    hashes = {keys.phone_hash("1"), keys.text_hash("1"), keys.token_hash("1"), keys.word_hash("1")}
    assert len(hashes) == 4
    assert {len(each) for each in hashes} == {16, 32}


NAMES = [
    ("María-José O'Brien", ["maria", "jose", "o", "brien"]),
    ("  ÇELIK   ßen ", ["celik", "ssen"]),
    ("Łukasz", ["łukasz"]),
    ("李小龍", ["李小龍"]),
    ("Ann 2nd", ["ann", "2nd"]),
    ("\N{FACE WITH TEARS OF JOY}", []),
]


@pytest.mark.parametrize(("name", "parts"), NAMES)
def test_a_name_is_looked_up_without_case_accents_or_marks(name: str, parts: list[str]) -> None:
    assert words(name) == parts


def test_every_beginning_of_two_letters_or_more_is_found() -> None:
    keys = ring(OLD)
    known = keys.name_hashes("Zoë Li")
    assert known == {keys.word_hash(each) for each in ("zo", "zoe", "li")}


SEARCHES = [
    ("mar", ["Jörg Marx", "María-José O'Brien"]),
    ("mari", ["María-José O'Brien"]),
    ("MARÍA brien", ["María-José O'Brien"]),
    ("brien jos", ["María-José O'Brien"]),
    ("obrien", []),
    ("ria", []),
    ("jö", ["Jörg Marx", "María-José O'Brien"]),
    ("marx joe", []),
    ("m", []),
    ("m jorg", ["Jörg Marx"]),
    ("%", []),
]


@pytest.mark.parametrize(("q", "names"), SEARCHES)
def test_patients_are_found_by_the_beginnings_of_their_names(app: Flask, q: str, names: list[str]) -> None:
    clinic = make.clinic()
    for name in ("María-José O'Brien", "Jörg Marx"):
        make.patient(clinic, name=name)
    make.patient(make.clinic(phone="+14165550101"), name="María of elsewhere")
    with reading():
        found = patients.newest_patients(clinic.id, q, None, None, 50)
        assert sorted(str(each.name) for each in found) == sorted(names)


def test_a_text_of_a_patient_is_readable_in_no_row(app: Flask) -> None:
    secrets = a_written_down_patient()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            plain = sa.text(f'SELECT * FROM "{table.name}"')  # noqa: S608  (our own table names)
            held = b"|".join(_bytes(value) for row in connection.execute(plain) for value in row)
            assert [each for each in secrets if each in held] == [], table.name


def test_a_text_of_a_patient_is_readable_in_no_byte_of_the_file(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    secrets = a_written_down_patient()
    path = str(db.engine.url.database)
    db.session.remove()
    db.engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with open(path, "rb") as file:
        held = file.read().lower()
    assert b"rosewood skin" in held  # the clinic's own name is no secret: the search does find
    assert [each for each in secrets if each in held] == []


def a_written_down_patient() -> list[bytes]:
    """A patient with notes who wrote a text; what of it nobody may read from the database."""
    clinic = make.clinic(on_call_phone="+14165550199")
    patient = make.patient(clinic, name="Philomena Quartz", phone="+16475550142")
    make.treatment(patient, notes="nervous about needles", area="jawline", serum="hyaluronic")
    with writing():
        incoming = inbox.Incoming("SM1", clinic.phone, "+16475550142", "4 1 0 and a peculiar tingling?")
        inbox.receive(incoming, make.NOON + timedelta(hours=1))
    secrets = ["philomena", "quartz", "6475550142", "4165550199", "nervous", "peculiar tingling"]
    return [each.encode() for each in secrets]


def _bytes(value: object) -> bytes:
    held = value if isinstance(value, bytes) else str(value).encode()
    return bytes(held).lower()
