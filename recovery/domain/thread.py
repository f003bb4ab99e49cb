"""A patient's texts in both directions, a line each: what we asked last, and what was written after it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

QUESTIONS = ("check_in", "late")
ATTEMPTED = ("sending", "in_doubt", "sent", "delivered", "undelivered", "refused")
_NOT_GONE = ("cancelled", "expired")


@dataclass(frozen=True, slots=True)
class Line:
    """One text without its words. `seq`: its place in its patient's order; none for a number of nobody's."""

    id: UUID
    clinic_id: UUID | None
    patient_id: UUID | None
    treatment_id: UUID | None
    check_in_id: UUID | None
    seq: int | None
    direction: str
    kind: str | None
    wording: str | None
    status: str
    intent: str | None
    phone_hash: bytes | None
    body_hash: bytes | None
    twilio_sid: str | None
    claimed_at: datetime | None
    sent_at: datetime | None
    created_at: datetime

    @property
    def place(self) -> int:
        return self.seq or 0

    @property
    def written_at(self) -> datetime:
        """When it was written: as the provider told of one that was found late, else when it came."""
        return self.sent_at or self.created_at


@dataclass(frozen=True, slots=True)
class Thread:
    """The texts with a patient, and those with a number lately, whoever's it was.

    `until` in what follows: as it stood then, for a text that was found late.
    """

    patient_id: UUID | None
    lines: tuple[Line, ...]

    def has(self, twilio_sid: str) -> bool:
        """Whether the text with that SID is among them."""
        return any(line.twilio_sid == twilio_sid for line in self.lines)

    def last_question(self, until: datetime | None = None) -> Line | None:
        """The latest question that went to the patient."""
        asked = (
            line
            for line in self._asked()
            if until is None or (line.claimed_at is not None and line.claimed_at <= until)
        )
        return max(asked, key=lambda line: line.place, default=None)

    def last_question_place(self, until: datetime | None = None) -> int:
        """The place of that question in the patient's order; 0 before the first."""
        found = self.last_question(until)
        return found.place if found else 0

    def question_of(self, check_in_id: UUID) -> Line | None:
        """A check-in's first text."""
        asked = (line for line in self._asked() if line.check_in_id == check_in_id)
        return min(asked, key=lambda line: line.place, default=None)

    def last_worded(
        self, treatment_id: UUID, wordings: Collection[str], until: datetime | None = None
    ) -> Line | None:
        """The latest text of a treatment with one of these wordings that went or is to go."""
        found = (
            line
            for line in self._gone()
            if line.treatment_id == treatment_id
            and line.wording in wordings
            and (until is None or line.created_at <= until)
        )
        return max(found, key=lambda line: line.place, default=None)

    def wordings_since(
        self, phone_hash: bytes, clinic_id: UUID, since: datetime, *, after: int | None = None
    ) -> frozenset[str]:
        """Which wordings went to a number since then; with `after` only those after that place."""
        return frozenset(
            line.wording
            for line in self._gone()
            if line.wording is not None
            and (line.clinic_id, line.phone_hash) == (clinic_id, phone_hash)
            and line.created_at >= since
            and (after is None or line.place > after)
        )

    def same_since(
        self,
        phone_hash: bytes,
        body_hash: bytes,
        since: datetime,
        *,
        after: Line | None,
        until: datetime | None,
    ) -> int:
        """How often a number wrote the very same text since then, and after that text of ours."""
        return sum(
            line.direction == "inbound"
            and (line.phone_hash, line.body_hash) == (phone_hash, body_hash)
            and min(line.created_at, line.written_at) >= since
            and (after is None or line.place > after.place)
            and (until is None or line.written_at <= until)
            for line in self.lines
        )

    def written_after(self, ours: Line | None, until: datetime | None = None) -> list[Line]:
        """What the patient wrote after a text of ours (None: ever), latest first.

        The order is that in which texts came, whatever the clock said; only one that was found late
        has its place by the time at which it was sent.
        """
        wrote = [
            line
            for line in self.lines
            if line.patient_id == self.patient_id
            and line.direction == "inbound"
            and (ours is None or _comes_after(line, ours))
            and (until is None or line.written_at <= until)
        ]
        return _in_turn(sorted(wrote, key=lambda line: line.place))[::-1]

    def has_answer_waiting(self, phone_hash: bytes) -> bool:
        """Whether an answer to this number has not left yet."""
        waits = ("answer", "queued", phone_hash)
        return any((line.kind, line.status, line.phone_hash) == waits for line in self.lines)

    def _asked(self) -> Iterable[Line]:
        return (
            line
            for line in self.lines
            if line.patient_id == self.patient_id and line.kind in QUESTIONS and line.status in ATTEMPTED
        )

    def _gone(self) -> Iterable[Line]:
        return (line for line in self.lines if line.direction == "outbound" and line.status not in _NOT_GONE)


def _comes_after(line: Line, ours: Line) -> bool:
    if line.sent_at is not None:
        return line.sent_at > (ours.claimed_at or ours.created_at)
    return line.place > ours.place


def _in_turn(lines: Iterable[Line]) -> list[Line]:
    ordered: list[Line] = []
    for line in lines:
        newer = (place for place, other in enumerate(ordered) if other.written_at > line.written_at)
        ordered.insert(next(newer, len(ordered)) if line.sent_at else len(ordered), line)
    return ordered
