"""The one port for texts: what is handed over, what can come of it, and who can carry it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class RefusalKind(StrEnum):
    """What a refusal means for the text and for the patient."""

    PERMANENT = "permanent"  # this number never takes a text: phone the patient
    OPTED_OUT = "opted_out"  # the patient stopped the texts at the carrier or at Twilio
    LATER = "later"  # nothing is wrong with the text: try again
    ALARM = "alarm"  # the clinic's set-up is wrong: a person must mend it
    UNKNOWN = "unknown"  # refused for a reason that has no line in our table


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text to hand over.

    `id` is our message's id. `to` and `sender` are E.164; the sender is passed even where a Messaging
    Service is named. `validity_seconds`: how long it may wait at the provider before it is dropped.
    """

    id: str
    to: str
    sender: str
    body: str
    messaging_service_sid: str | None = None
    validity_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the text; `status` is its first word about it."""

    sid: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The text was certainly not sent; `code` is the provider's, where it gave one."""

    code: int | None
    kind: RefusalKind
    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The text may or may not have been sent: never send it again before looking."""

    detail: str


Sent = Accepted | Refused | Unknown
Posted = Mapping[str, str] | Mapping[str, Sequence[str]]  # a name with its value, or with all its values


class Gateway(Protocol):
    """A way out for texts. Safe to share between threads."""

    @property
    def name(self) -> str:
        """`twilio` or `console`."""

    @property
    def delivers_at_once(self) -> bool:
        """Whether an accepted text is already delivered, with no status to come."""

    def send(self, message: Outgoing) -> Sent:
        """Hands one text over, once. Never raises for a failure of the provider or the network."""

    def verifies(self, url: str, parameters: Posted, signature: str) -> bool:
        """Whether the provider signed this form for `url`: public address, raw path, `?` and raw query."""
