"""Texts through Twilio: one call a text, never repeated; its log and set-up; its signature."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException
from twilio.request_validator import RequestValidator

from recovery.sms import outcomes, records
from recovery.sms.gateway import (
    Accepted,
    AccountSetUp,
    Fetched,
    Gone,
    Listed,
    NumberSetUp,
    Outgoing,
    OutOfReach,
    Posted,
    Sent,
    ServiceSetUp,
    TooLarge,
    Unknown,
)
from recovery.sms.host import Host
from recovery.sms.http import Http

LONGEST_VALIDITY = 36_000  # seconds; Twilio refuses more
LOOKED_AT = 200  # texts to one number
LISTED = 50_000  # texts to a number of ours that one look goes through
_PAGE = 1_000  # Twilio's largest
_PICTURES = 20  # a text carries ten at most
_SERVICES = 20


class TwilioGateway:
    """One Twilio account. Every call goes to `base_url` in place of Twilio's own address, if given.

    `auth_tokens` holds one token, or two while it is being changed: the first calls, either verifies.
    `timeout`: seconds that a call may take in all; fetching a picture, three times as long.
    """

    name = "twilio"
    delivers_at_once = False

    def __init__(
        self,
        account_sid: str,
        auth_tokens: tuple[str, ...],
        public_url: str,
        base_url: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._account_sid = account_sid
        self._auth_tokens = auth_tokens
        self._public_url = public_url.rstrip("/")
        self._host = Host(base_url)
        self._timeout = timeout
        self._lock = Lock()
        self._http: Http | None = None
        self._rest: Any = None

    def send(self, message: Outgoing) -> Sent:
        """Hands one text over, once. A failure is a value; only a broken installation raises."""
        client = self._client()
        try:
            created = client.messages.create(
                to=message.to,
                from_=message.sender,
                body=message.body,
                messaging_service_sid=message.messaging_service_sid,
                validity_period=_validity(message.validity_seconds),
                status_callback=f"{self._public_url}/sms/status?{urlencode({'message': message.id})}",
            )
        except TwilioException as error:
            return outcomes.answered(getattr(error, "status", None), getattr(error, "code", None))
        except Exception as error:  # whatever else happened, the text may be on its way
            return outcomes.broken(error)
        if not created.sid:
            return Unknown("an answer without a SID")
        return Accepted(created.sid, created.status or "accepted")

    def verifies(self, url: str, parameters: Posted, signature: str) -> bool:
        """Whether one of our tokens signed this form for `url` (public address, raw path and query)."""
        form = _Form({name: _values(parameters, name) for name in parameters})
        try:
            return any(RequestValidator(token).validate(url, form, signature) for token in self._auth_tokens)
        except ValueError:  # an address or a text that nobody can have signed
            return False

    def texts_to(self, phone: str) -> tuple[Listed, ...]:
        """The latest texts to a number. No date in the question: a queued text has none."""
        with _asking():
            page = self._client().messages.page(to=phone, page_size=LOOKED_AT)
            return tuple(records.listed(each) for each in _taken(page, LOOKED_AT))

    def received_at(self, phone: str, since: datetime | None) -> tuple[Listed, ...]:
        """What arrived at a number of ours since then, oldest first; without `since` the latest thousand.

        Twilio lists the newest first: where there is more than we take, the oldest would be lost without
        a word, so that counts as no answer.
        """
        moment = None if since is None else since.astimezone(UTC).replace(microsecond=0)
        span = {} if moment is None else {"date_sent_after": moment}
        most = _PAGE if moment is None else LISTED
        with _asking():
            page = self._client().messages.page(to=phone, page_size=_PAGE, **span)
            found = [records.listed(each) for each in _taken(page, most)]
        if moment and len(found) == most:
            raise OutOfReach("more texts than we look through")
        return records.arrived(found, moment)

    def text(self, sid: str) -> Listed:
        """One text of the log."""
        with _asking():
            return records.listed(self._client().messages(sid).fetch())

    def media_of(self, sid: str) -> tuple[str, ...]:
        """The addresses of what came with a text; none if the text is gone."""
        try:
            with _asking():
                page = self._client().messages(sid).media.page(page_size=_PICTURES)
                return tuple(self._host.root + records.path(each) for each in _taken(page, _PICTURES))
        except Gone:
            return ()

    def fetch(self, address: str, at_most: int) -> Fetched:
        """What is at an address of Twilio's, wherever that sends us; the token goes to Twilio alone."""
        with _asking():
            login = (self._account_sid, self._auth_tokens[0])
            fetched: Fetched = self._client().http_client.fetch(address, at_most, login)
            return fetched

    def delete(self, address: str) -> None:
        """Deletes a picture. There is nothing of ours at a stranger's address."""
        own = self._host.own(address)
        if own is None:
            return
        with _asking():
            status = self._client().request("DELETE", own).status_code
            if status not in (200, 202, 204, 404, 410):
                raise outcomes.of_question(status)

    def redact(self, sid: str) -> None:
        """Empties a text's body; Twilio refuses while the text is on its way."""
        with _asking():
            emptied = records.listed(self._client().messages(sid).update(body=""))
        if emptied.body:
            raise OutOfReach("the body is still there")

    def account_set_up(self) -> AccountSetUp:
        """How our account stands."""
        with _asking():
            return records.account(self._client().api.v2010.accounts(self._account_sid).fetch())

    def number_set_up(self, phone: str) -> NumberSetUp:
        """Where a number's texts go, and which Messaging Service has it among its senders."""
        with _asking():
            client = self._client()
            page = client.incoming_phone_numbers.page(phone_number=phone, page_size=_PAGE)
            alike = _taken(page, _PAGE)  # Twilio also finds numbers that hold this one
            number = next((each for each in alike if each.phone_number == phone), None)
            if number is None:
                raise Gone("no such number in this account")
            application = number.sms_application_sid
            return records.number(
                client.applications(application).fetch() if application else number,
                _service_of(client, number.sid),
            )

    def service_set_up(self, sid: str) -> ServiceSetUp:
        """A Messaging Service's addresses."""
        with _asking():
            return records.service(self._client().messaging.v1.services(sid).fetch())

    def close(self) -> None:
        """Closes the kept connections; a later call opens new ones."""
        with self._lock:
            http, self._http, self._rest = self._http, None, None
        if http is not None:
            http.close()

    def _client(self) -> Any:
        with self._lock:
            if self._rest is None:
                from twilio.rest import Client  # slow to import, so not before the first text

                self._http = Http(self._host, self._timeout)
                self._rest = Client(
                    self._account_sid,
                    self._auth_tokens[0],
                    http_client=self._http,
                    environment={"TWILIO_ACCOUNT_SID": self._account_sid},  # no settings but ours
                )
            return self._rest


@contextmanager
def _asking() -> Iterator[None]:
    """Whatever goes wrong becomes an outcome of the port, without its message: that may hold a number."""
    try:
        yield
    except (Gone, OutOfReach, TooLarge):
        raise
    except TwilioException as error:
        raise outcomes.of_question(_status(error)) from None
    except Exception as error:  # no connection, no answer in time, or an answer that is none of Twilio's
        raise OutOfReach(type(error).__name__) from None


def _status(error: TwilioException) -> object:
    """The HTTP status; an error about a list brings the answer itself in its place."""
    answers = [getattr(each, "status_code", None) for each in error.args]
    return getattr(error, "status", None) or next(filter(None, answers), None)


def _taken(page: Any, most: int) -> list[Any]:
    """The records of a list, through its pages; an empty page ends it, whatever it says of a next one."""
    taken: list[Any] = []
    while page is not None and len(taken) < most:
        before = len(taken)
        taken += page
        page = page.next_page() if before < len(taken) < most else None
    return taken[:most]


def _service_of(client: Any, number_sid: str) -> str | None:
    """The Messaging Service that has a number among its senders."""
    services = client.messaging.v1.services
    for service in _taken(_known(lambda: services.page(page_size=_SERVICES)), _SERVICES):
        if _known(services(service.sid).phone_numbers(number_sid).fetch):
            return str(service.sid)
    return None


def _known(ask: Callable[[], Any]) -> Any:
    """The answer, or None if Twilio knows no such thing."""
    try:
        return ask()
    except TwilioException as error:
        if _status(error) != 404:
            raise
        return None


class _Form(dict[str, list[str]]):
    """A posted form with every value of a repeated name, in the shape that the SDK reads."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def _values(parameters: Posted, name: str) -> list[str]:
    every = getattr(parameters, "getlist", None)  # Flask's own form keeps repeated names behind it
    value = every(name) if every else parameters[name]
    return [value] if isinstance(value, str) else list(value)


def _validity(seconds: int | None) -> int | None:
    return None if seconds is None else min(seconds, LONGEST_VALIDITY)
