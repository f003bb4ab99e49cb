"""Twilio's words as ours: how far a status has come, and what an error code means.

The codes are those of Twilio's error dictionary. Twilio adds codes without notice, so a code or a
status without a line here is kept as it came and decides nothing.
"""

from recovery.sms.gateway import RefusalKind

_RANKS = {
    "accepted": 1,
    "queued": 1,
    "scheduled": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
}
_FINAL = 4

_KINDS = {
    20003: RefusalKind.ALARM,  # wrong account or token
    20429: RefusalKind.LATER,  # too many requests
    21211: RefusalKind.PERMANENT,  # not a phone number
    21408: RefusalKind.ALARM,  # texts to this country are switched off
    21608: RefusalKind.ALARM,  # a trial account, and the number is not verified
    21609: RefusalKind.ALARM,  # our public address is none that Twilio can call
    21610: RefusalKind.OPTED_OUT,
    21611: RefusalKind.LATER,  # the sender's queue is full
    21614: RefusalKind.PERMANENT,  # not a mobile number
    21635: RefusalKind.PERMANENT,  # a landline
    21659: RefusalKind.ALARM,  # our sender is no number of this account
    30001: RefusalKind.LATER,  # the queue overflowed
    30003: RefusalKind.LATER,  # the phone is off or out of reach: once more the same day
    30005: RefusalKind.PERMANENT,  # no such number any more
    30006: RefusalKind.PERMANENT,  # a landline, or a carrier out of reach
    30007: RefusalKind.ALARM,  # filtered as spam
    30034: RefusalKind.ALARM,  # the sender is not registered for texts to US phones
}


def rank(status: str) -> int:
    """How far a text has come: 0 for a word we do not know, 4 when nothing follows.

    Callbacks come twice, out of order or never: a status replaces another only with a higher rank.
    """
    return _RANKS.get(status, 0)


def is_final(status: str) -> bool:
    """Whether no further status can follow."""
    return rank(status) == _FINAL


def kind(code: int | None) -> RefusalKind:
    """What an error code means, of a refused call or of a text that was not delivered."""
    return RefusalKind.UNKNOWN if code is None else _KINDS.get(code, RefusalKind.UNKNOWN)
