"""The one port for texts: what is handed over, what can come of it, and who can carry it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Listed:
    """One text as the provider's own log has it; `sender` is None while a Messaging Service still picks it.

    `direction`: `inbound`, `outbound-api` (we called) or `outbound-reply` (we answered a webhook).
    `body` is empty once it was redacted. `media`: how many pictures came with it.
    """

    sid: str
    direction: str
    status: str
    code: int | None
    to: str
    sender: str | None
    body: str
    created_at: datetime | None
    sent_at: datetime | None
    media: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture as it came, with the type that the provider names (never to be believed)."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class NumberSetUp:
    """Where the provider sends what arrives at a number of ours; empty where it is not set."""

    inbound_url: str
    inbound_method: str
    fallback_url: str
    messaging_service_sid: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceSetUp:
    """A Messaging Service; without `inbound_url` nor `uses_number_webhook` it logs no inbound text at all."""

    inbound_url: str | None
    uses_number_webhook: bool
    status_url: str | None
    inbound_method: str = "POST"
    fallback_url: str = ""


@dataclass(frozen=True, slots=True)
class AccountSetUp:
    """Our account at the provider: `active`, `suspended` or `closed`; a trial texts verified numbers only."""

    status: str
    is_trial: bool = False


class OutOfReach(Exception):
    """The provider could not be asked, or did not answer: nothing is known, ask again later."""


class NotLetIn(OutOfReach):
    """The provider answered that it knows no such account and token."""


class Gone(Exception):
    """The provider has no such thing (any more)."""


class TooLarge(Exception):
    """More bytes than we take."""


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

    def texts_to(self, phone: str) -> Sequence[Listed]:
        """The latest 200 texts to a number, newest first. Raises OutOfReach."""

    def received_at(self, phone: str, since: datetime | None) -> Sequence[Listed]:
        """What arrived at a number of ours since then (or the latest), oldest first. Raises OutOfReach."""

    def text(self, sid: str) -> Listed:
        """One text. Raises Gone, OutOfReach."""

    def media_of(self, sid: str) -> tuple[str, ...]:
        """The addresses of what came with a text, as its webhook would name them. Raises OutOfReach."""

    def fetch(self, address: str, at_most: int) -> Fetched:
        """What is at an address of the provider's, up to so many bytes. Raises Gone, TooLarge, OutOfReach."""

    def delete(self, address: str) -> None:
        """Delete a picture there; what is gone already is no fault. Raises OutOfReach."""

    def redact(self, sid: str) -> None:
        """Empty a text's body in the provider's log. Raises Gone, OutOfReach."""

    def account_set_up(self) -> AccountSetUp:
        """How our account stands. Raises NotLetIn, OutOfReach."""

    def number_set_up(self, phone: str) -> NumberSetUp:
        """How a number of ours is set up. Raises Gone if the account has no such number, OutOfReach."""

    def service_set_up(self, sid: str) -> ServiceSetUp:
        """How a Messaging Service is set up. Raises Gone, OutOfReach."""
