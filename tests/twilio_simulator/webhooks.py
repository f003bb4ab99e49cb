"""What Twilio calls: the form of a text or a status, and the TwiML that comes back."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree import ElementTree

from tests.twilio_simulator.log import Message
from tests.twilio_simulator.signing import Form


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: no answer in time, or no connection."""

    status: int
    text: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Reply:
    """One `<Message>` of an answer."""

    body: str
    to: str | None
    sender: str | None
    callback: str | None


Post = Callable[[str, Form, dict[str, str], float], Answer]


def over_http(url: str, form: Form, headers: dict[str, str], timeout: float) -> Answer:
    """Posts the form and follows no redirect."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=timeout)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request("POST", target, urlencode(form).encode(), headers)
        response = connection.getresponse()
        return Answer(response.status, response.read().decode())
    except (OSError, http.client.HTTPException):
        return Answer(0)
    finally:
        connection.close()


def inbound_form(message: Message, media_base: str) -> Form:
    """What Twilio posts when a phone has sent a text."""
    form = [
        ("ToCountry", "CA"),
        ("SmsMessageSid", message.sid),
        ("NumMedia", str(len(message.media))),
        ("SmsSid", message.sid),
        ("SmsStatus", "received"),
        ("FromCity", ""),
        ("Body", message.body),
        ("To", message.to),
        ("NumSegments", "1"),
        ("MessageSid", message.sid),
        ("AccountSid", message.account_sid),
        ("From", message.sender),
        ("ApiVersion", "2010-04-01"),
    ]
    for number, each in enumerate(message.media):
        form.append((f"MediaUrl{number}", f"{media_base}/{each.sid}"))
        form.append((f"MediaContentType{number}", each.content_type))
    if message.service_sid:
        form.append(("MessagingServiceSid", message.service_sid))
    return form


def status_form(message: Message) -> Form:
    """What Twilio posts when a text's status has changed."""
    form = [
        ("SmsSid", message.sid),
        ("SmsStatus", message.status),
        ("MessageStatus", message.status),
        ("To", message.to),
        ("MessageSid", message.sid),
        ("AccountSid", message.account_sid),
        ("From", message.sender),
        ("ApiVersion", "2010-04-01"),
    ]
    return form if message.error_code is None else [*form, ("ErrorCode", str(message.error_code))]


def replies(twiml: str, url: str) -> list[Reply]:
    """The texts that an answer asks for. Raises ValueError for what is no TwiML."""
    if not twiml.strip():
        return []
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 (the answer of the application under test)
    except ElementTree.ParseError as error:
        raise ValueError(f"12100 document parse failure: {error}") from error
    if root.tag != "Response":
        raise ValueError(f"12100 the root is <{root.tag}>, not <Response>")
    return [_reply(verb, url) for verb in root if verb.tag in ("Message", "Sms")]


def _reply(verb: ElementTree.Element, url: str) -> Reply:
    nested = verb.find("Body")
    body = (verb.text if nested is None else nested.text) or ""
    callback = verb.get("statusCallback") or verb.get("action")
    return Reply(body, verb.get("to"), verb.get("from"), urljoin(url, callback) if callback else None)
