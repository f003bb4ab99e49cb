"""The doors that Twilio knocks at: each call is signed, or nothing is stored."""

from datetime import timedelta
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

import structlog
from flask import Blueprint, Response, abort, request
from sqlalchemy.exc import SQLAlchemyError

from recovery import context
from recovery.db import writing
from recovery.services import clock, inbox, statuses
from recovery.services.answering import Answered
from recovery.services.incoming import Incoming

webhooks = Blueprint("webhooks", __name__, url_prefix="/sms")
logger = structlog.get_logger()

MEDIA_AT_MOST = 10
LONGEST_SID = 64
PATIENCE = timedelta(seconds=5)  # for a statement: Twilio waits 15 seconds for the whole answer
RETRY_AFTER = 30  # seconds


@webhooks.before_request
def check_signature() -> None:
    """403 for a call that the provider did not sign; with the console gateway always."""
    url = context.config().public_url + _raw_path()
    signature = request.headers.get("X-Twilio-Signature", "")
    if request.method == "POST" and not context.gateway().verifies(url, request.form, signature):
        abort(403, "The signature is missing or wrong: nothing was stored.")


@webhooks.post("/inbound")
def inbound() -> Response:
    """A patient's text; the answer, if one is due, goes back as TwiML."""
    incoming = Incoming(
        sid=_field("MessageSid") or _field("SmsSid") or _field("SmsMessageSid"),
        to=_field("To"),
        sender=_field("From"),
        body=_field("Body"),
        media=_media(),
        opt_out_type=_field("OptOutType") or None,
    )
    _check(MessageSid=incoming.sid, From=incoming.sender)
    now = clock.now()
    try:
        with writing(patience=PATIENCE):
            answered = inbox.receive(incoming, now)
    except inbox.NotTaken:
        answered = None
        with writing(patience=PATIENCE):
            inbox.leave(incoming, now)
    return _twiml(answered)


@webhooks.post("/status")
def status() -> Response:
    """What became of a text of ours; anything is taken calmly, known or not."""
    sid = _field("MessageSid") or _field("SmsSid")
    told = _field("MessageStatus") or _field("SmsStatus")
    _check(MessageSid=sid, MessageStatus=told)
    with writing(patience=PATIENCE):
        statuses.take(sid, told, _code(), _message_id(), clock.now(), _detail(), _field("To"))
    return Response(status=204)


@webhooks.errorhandler(SQLAlchemyError)
def unavailable(error: SQLAlchemyError) -> Response:
    """503 while the database is down, full or busy: nothing was stored, and the text is found by listing."""
    cause = getattr(error, "orig", None) or error
    logger.error("webhook_failed", door=request.endpoint, error=type(cause).__name__)
    said = "The database does not answer: nothing was stored.\n"
    return Response(said, status=503, headers={"Retry-After": str(RETRY_AFTER)}, mimetype="text/plain")


def _check(**needed: str) -> None:
    """400 for a call that does not say which text it is about, and what of it."""
    missing = [f"{name} is missing" for name, value in needed.items() if not value]
    if missing:
        abort(400, f"{', '.join(missing)}.")
    if len(needed["MessageSid"]) > LONGEST_SID:
        abort(400, f"MessageSid is longer than {LONGEST_SID} characters.")


def _raw_path() -> str:
    """The path and query as they came, before any decoding: what the signature was made over."""
    raw: str | None = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw:
        path = raw.split("://", 1)[-1]
        path = path[path.index("/") :] if raw.startswith(("http://", "https://")) else raw
    else:
        query = request.environ.get("QUERY_STRING", "")
        path = request.path + (f"?{query}" if query else "")
    return path


def _field(name: str) -> str:
    """A posted value without NUL, which no database column takes."""
    return request.form.get(name, "").replace("\x00", "")


def _media() -> tuple[str, ...]:
    """The addresses of what came with a text; `NumMedia` is believed only as far as there are any."""
    count = _field("NumMedia")
    at_most = min(int(count), MEDIA_AT_MOST) if count.isdecimal() and len(count) < 9 else 0
    listed = (_field(f"MediaUrl{number}") for number in range(at_most))
    return tuple(url for url in listed if url)


def _code() -> int | None:
    code = _field("ErrorCode")
    return int(code) if code.isdecimal() and len(code) < 9 else None


def _message_id() -> UUID | None:
    try:
        return UUID(request.args.get("message", ""))
    except ValueError:
        return None


def _detail() -> dict[str, str]:
    """What is kept of a callback beside its status: never a number or a text."""
    kept = ("ErrorCode", "RawDlrDoneDate", "SmsStatus", "MessageStatus")
    return {name: _field(name)[:64] for name in kept if _field(name)}


def _twiml(answered: Answered | None) -> Response:
    response = "<Response/>"
    if answered is not None:
        callback = f"{context.config().public_url}/sms/status?message={answered.message_id}"
        message = f"<Message statusCallback={quoteattr(callback)}>{escape(answered.body)}</Message>"
        response = f"<Response>{message}</Response>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{response}', mimetype="text/xml")
