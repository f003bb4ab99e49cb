"""The audit's chain: each row of a clinic numbered, and sealed together with the seal before it.

A seal is an HMAC that needs LOOKUP_KEY. So whoever can write to the database, but does not hold the key,
can neither change a sealed row, nor take one out, nor put one among them, without its being seen. Rows
taken from the end are seen by whoever kept a head elsewhere: the last seal, which stands for all before
it. A made-up row that is added at the end, without a seal, is not seen: it is sealed like any other.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import keyring, reading, writing
from recovery.models.system import AuditEvent
from recovery.queries import audit as found
from recovery.queries import clinics
from recovery.queries.audit import Row
from recovery.services.one_by_one import apart, until_stopped

A_BATCH = 500
FIRST = bytes(32)  # stands before the first row
TOLD_AT_MOST = 20


@dataclass
class Chain:
    """What a walk along a clinic's chain found.

    `head` is its last seal, `kept` which of the given heads stand in it, `wrong` the first sentences of all.
    """

    clinic_id: UUID
    rows: int = 0
    unsealed: int = 0
    head: str | None = None
    kept: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    wrong_in_all: int = 0

    def blame(self, sentence: str) -> None:
        self.wrong_in_all += 1
        if len(self.wrong) < TOLD_AT_MOST:
            self.wrong.append(sentence)


def seal_all(clock: Callable[[], datetime]) -> int:
    """Seal every row that is not sealed yet, a batch a transaction; how many.

    The clinic's row is locked meanwhile, so that two workers never number the same rows.
    """
    sealed = 0
    with reading():
        waiting = found.unsealed_clinics()
    for clinic_id in until_stopped(waiting):
        with apart("sealing_failed", clinic=clinic_id):
            while batch := _seal_batch(clinic_id):
                sealed += batch
                if batch < A_BATCH:
                    break
    return sealed


def verify(clinic_id: UUID, heads: Collection[str] = ()) -> Chain:
    """Walk a clinic's chain from its first row. Inside a unit of work; its memory does not grow with it."""
    chain = Chain(clinic_id)
    before, expected = FIRST, 1
    for row in found.chain(clinic_id):
        seq, seal = row.seq or 0, row.seal or b""
        if seq != expected:
            chain.blame(f"Row {expected} is missing" if seq == expected + 1 else _missing(expected, seq - 1))
        elif keyring().audit_seal(before, canonical(row, seq)) != seal:
            chain.blame(f"Row {seq} ({row.id}) is not what was sealed")
        chain.rows += 1
        chain.head = seal.hex()
        if chain.head in heads:
            chain.kept.add(chain.head)
        before, expected = seal, seq + 1
    chain.unsealed = found.unsealed_rows(clinic_id)
    half = found.half_sealed(clinic_id)
    if half:
        chain.blame(f"{half} rows have a place without a seal, or a seal without a place")
    return chain


def canonical(row: Row, seq: int) -> bytes:
    """What is sealed of a row, the same on every database: its facts in order, as JSON."""
    facts = [
        seq,
        str(row.id),
        str(row.clinic_id),
        str(row.staff_id) if row.staff_id else None,
        str(row.token_id) if row.token_id else None,
        row.action,
        row.subject,
        row.subject_ids,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    return json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode()


def _missing(first: int, last: int) -> str:
    return f"Rows {first} to {last} are missing"


def _seal_batch(clinic_id: UUID) -> int:
    with writing() as session:
        clinics.locked_clinic(clinic_id)
        seq, before = found.last_sealed(clinic_id) or (0, FIRST)
        rows = found.unsealed(clinic_id, A_BATCH)
        sealed = []
        for row in rows:
            seq += 1
            before = keyring().audit_seal(before, canonical(row, seq))
            sealed.append({"id": row.id, "seq": seq, "seal": before})
        if sealed:
            session.execute(sa.update(AuditEvent), sealed)
        return len(sealed)
