"""Twilio's signature, written from its description and not from the SDK, so that each checks the other."""

import base64
import hashlib
import hmac

Form = list[tuple[str, str]]


def sign(auth_token: str, url: str, form: Form) -> str:
    """The `X-Twilio-Signature` of a form posted to `url`.

    The address as called, then each name followed by its value, in the order of the names; a name
    that stands twice with the same value counts once.
    """
    text = url + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
