"""The same clinic on Twilio as for the webhooks."""

from tests.webhooks.conftest import on_twilio, story

__all__ = ["on_twilio", "story"]
