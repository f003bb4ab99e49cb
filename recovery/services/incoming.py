"""A text as it came in, before anything was made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text as the provider handed it over; numbers as they came.

    `sent_at`: when it was sent, of a text that was found in the provider's log; a webhook tells none.
    """

    sid: str
    to: str
    sender: str
    body: str
    media: Sequence[str] = ()
    opt_out_type: str | None = None
    sent_at: datetime | None = None
    from_twiml: bool = True  # the answer goes back with the webhook, not by a call of ours
