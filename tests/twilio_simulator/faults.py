"""What can go wrong with the next request: told to the simulator before it comes."""

from dataclasses import dataclass

MEANINGS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21604: "A 'To' phone number is required",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
}


class Refusal(Exception):
    """An answer with Twilio's error body."""

    def __init__(self, status: int, code: int | None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code

    def as_json(self) -> dict[str, object]:
        body: dict[str, object] = {"status": self.status, "message": MEANINGS.get(self.code or 0, "Refused")}
        if self.code is not None:
            body |= {"code": self.code, "more_info": f"https://www.twilio.com/docs/errors/{self.code}"}
        return body


@dataclass(frozen=True, slots=True)
class Fault:
    """`accepts`: the request is carried out all the same, so that only its answer is lost."""

    refusal: Refusal | None = None
    location: str | None = None
    accepts: bool = False
    hangs: bool = False


def answer(status: int, code: int | None = None, *, accepts: bool = False) -> Fault:
    """An error answer: 429, 500, 503."""
    return Fault(Refusal(status, code), accepts=accepts)


def refuse(code: int, status: int = 400) -> Fault:
    """Twilio's no, with its code."""
    return Fault(Refusal(status, code))


def redirect(location: str) -> Fault:
    """Another address for the same request."""
    return Fault(Refusal(307, None), location)


def drop(*, accepts: bool = True) -> Fault:
    """The connection closes with no answer."""
    return Fault(accepts=accepts)


def hang(*, accepts: bool = True) -> Fault:
    """No answer until the simulator closes."""
    return Fault(accepts=accepts, hangs=True)
