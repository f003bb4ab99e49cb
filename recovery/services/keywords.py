"""STOP, START and HELP as a whole text: who answers them, we or the provider."""

import re

from recovery import context
from recovery.domain.reading.reading import Reading
from recovery.domain.vocabulary import Intent

# What Twilio answers by itself, from its documentation of the default opt-out handling.
PROVIDER_KEYWORDS = {
    Intent.OPT_OUT: frozenset(
        {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret"}
    ),
    Intent.OPT_IN: frozenset({"start", "yes", "unstop"}),
    Intent.HELP: frozenset({"help", "info"}),
}
_TYPES = {"STOP": Intent.OPT_OUT, "START": Intent.OPT_IN, "HELP": Intent.HELP}


def intent_of(reading: Reading, opt_out_type: str | None) -> Intent:
    """The intent; what the provider took as a keyword counts as such, whatever we read."""
    return _TYPES.get((opt_out_type or "").upper(), reading.intent)


def by_provider(body: str, opt_out_type: str | None, intent: Intent) -> bool:
    """Whether the provider answers this text itself, so that we only act."""
    if context.config().keyword_replies != "twilio":
        return False
    return bool(opt_out_type) or _word(body) in PROVIDER_KEYWORDS.get(intent, ())


def is_plain_stop(body: str, opt_out_type: str | None) -> bool:
    """Whether it is a STOP without any reading: the provider says so, or the whole text is the word."""
    return (opt_out_type or "").upper() == "STOP" or _word(body) in PROVIDER_KEYWORDS[Intent.OPT_OUT]


def is_keyword(body: str) -> bool:
    """Whether the whole text is one of the provider's keywords."""
    return any(_word(body) in words for words in PROVIDER_KEYWORDS.values())


def _word(body: str) -> str:
    return re.sub(r"\s+", " ", body[:40]).strip().casefold()
