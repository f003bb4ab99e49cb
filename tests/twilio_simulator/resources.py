"""What each address of the API does: the log, its pictures, the account and what it owns."""

import base64
import re

from tests.twilio_simulator.account import Account
from tests.twilio_simulator.faults import Refusal
from tests.twilio_simulator.log import FINAL, Media, Message, page
from tests.twilio_simulator.owned import number_page, service_page
from tests.twilio_simulator.seen import Seen, Shown

_OURS = re.compile(r"/2010-04-01/Accounts/(?P<account>\w+)(/(?P<kind>\w+)(?P<rest>/[\w/]+)?)?(\.json)?")
_SERVICES = re.compile(r"/v1/Services(/(?P<sid>\w+)(/PhoneNumbers/(?P<number>\w+))?)?")
ELSEWHERE = "/elsewhere/"  # where pictures lie, under another name of this machine


def carry_out(account: Account, seen: Seen) -> Shown:
    """What Twilio does with a request, and its answer."""
    try:
        if seen.path.startswith(ELSEWHERE):
            return _at_another_host(account, seen)
        _check_login(account, seen)
        if services := _SERVICES.fullmatch(seen.path):
            return Shown(200, _service(account, services["sid"], services["number"]))
        match = _OURS.fullmatch(seen.path)
        if match is None or match["account"] != account.sid:
            raise Refusal(404, 20404)
        return _ours(account, seen, match["kind"], (match["rest"] or "").strip("/").split("/"))
    except Refusal as refusal:
        return Shown(refusal.status, refusal.as_json())


def _check_login(account: Account, seen: Seen) -> None:
    login = f"{account.sid}:{account.auth_token}".encode()
    if seen.authorization != "Basic " + base64.b64encode(login).decode():
        raise Refusal(401, 20003)


def _ours(account: Account, seen: Seen, kind: str | None, rest: list[str]) -> Shown:
    match kind, rest:
        case None, _:
            return Shown(200, account.as_json())
        case "Messages", [""]:
            return _create(account, seen.form) if seen.method == "POST" else _list(account, seen)
        case "Messages", [sid]:
            return _one(account, seen, sid)
        case "Messages", [sid, "Media"]:
            return _pictures(account.find(sid), seen.path)
        case "Messages", [sid, "Media", media_sid]:
            return _picture(account, seen, sid, media_sid)
        case "IncomingPhoneNumbers", [""]:
            return Shown(200, number_page(account.numbers, seen.query, seen.path))
        case "Applications", [sid]:
            for number in account.numbers:
                if number.application and number.application_sid == sid:
                    return Shown(200, number.application_as_json())
    raise Refusal(404, 20404)


def _list(account: Account, seen: Seen) -> Shown:
    with account.lock:
        return Shown(200, page(account.messages, seen.path, seen.query))


def _create(account: Account, form: dict[str, str]) -> Shown:
    to, body, service = form.get("To", ""), form.get("Body", ""), form.get("MessagingServiceSid")
    if not to:
        raise Refusal(400, 21604)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
        raise Refusal(400, 21211)
    if not form.get("From") and not service:
        raise Refusal(400, 21603)
    if not body:
        raise Refusal(400, 21602)
    if len(body) > 1600:
        raise Refusal(400, 21617)
    message = account.accept(
        to=to,
        sender=form.get("From") or f"service {service}",
        body=body,
        service_sid=service,
        callback=form.get("StatusCallback"),
        validity_seconds=int(form["ValidityPeriod"]) if "ValidityPeriod" in form else None,
    )
    return Shown(201, message.as_json())


def _one(account: Account, seen: Seen, sid: str) -> Shown:
    message = account.find(sid)
    if seen.method == "GET":
        return Shown(200, message.as_json())
    if message.status not in FINAL:
        raise Refusal(409, 20009)
    with account.lock:
        if seen.method == "DELETE":
            account.messages.remove(message)
            return Shown(204)
        if seen.form.get("Body") == "":
            message.body = ""
    return Shown(200, message.as_json())


def _pictures(message: Message, path: str) -> Shown:
    of = path.removesuffix(".json")
    found = [
        {"sid": each.sid, "content_type": each.content_type, "uri": f"{of}/{each.sid}.json"}
        for each in message.media
    ]
    return Shown(200, {"media_list": found, "page": 0, "page_size": 50, "uri": path, "next_page_uri": None})


def _picture(account: Account, seen: Seen, sid: str, media_sid: str) -> Shown:
    message = account.find(sid)
    found = _media(message.media, media_sid)
    if seen.method == "DELETE":
        with account.lock:
            message.media.remove(found)
        return Shown(204)
    if account.media_host:
        return Shown(307, {}, location=f"http://{account.media_host}{ELSEWHERE}{found.sid}")
    return Shown(200, found.content, found.content_type)


def _at_another_host(account: Account, seen: Seen) -> Shown:
    """A store of files: it asks for no token, and takes none, as Amazon's does."""
    if seen.authorization:
        return Shown(400, b"<Error><Code>InvalidArgument</Code></Error>", "application/xml")
    with account.lock:
        every = [each for message in account.messages for each in message.media]
    found = _media(every, seen.path.removeprefix(ELSEWHERE))
    return Shown(200, found.content, found.content_type)


def _media(among: list[Media], sid: str) -> Media:
    for each in list(among):
        if each.sid == sid:
            return each
    raise Refusal(404, 20404)


def _service(account: Account, sid: str | None, number_sid: str | None) -> object:
    if sid is None:
        return service_page(account.services)
    for service in account.services:
        if service.sid == sid and number_sid is None:
            return service.as_json()
        for number in account.numbers:
            if service.sid == sid and number.sid == number_sid and number.phone in service.senders:
                return {"sid": number.sid, "service_sid": sid, "phone_number": number.phone}
    raise Refusal(404, 20404)
