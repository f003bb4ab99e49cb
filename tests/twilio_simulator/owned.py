"""What the account owns and how it is set up: phone numbers and Messaging Services."""

from dataclasses import dataclass, field

from tests.twilio_simulator.log import new_sid

Record = dict[str, object]


@dataclass(slots=True)
class Number:
    """A phone number of ours and where its texts go. `application`: a TwiML app's `sms_url` in its place."""

    phone: str
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    application: str | None = None
    sid: str = field(default_factory=lambda: new_sid("PN"))
    application_sid: str = field(default_factory=lambda: new_sid("AP"))

    def as_json(self) -> Record:
        return {
            "sid": self.sid,
            "phone_number": self.phone,
            "sms_url": self.sms_url,
            "sms_method": self.sms_method,
            "sms_fallback_url": self.sms_fallback_url,
            "sms_fallback_method": "POST",
            "sms_application_sid": self.application_sid if self.application else "",
        }

    def application_as_json(self) -> Record:
        return {
            "sid": self.application_sid,
            "sms_url": self.application,
            "sms_method": "POST",
            "sms_fallback_url": "",
        }


@dataclass(slots=True)
class Service:
    """A Messaging Service; `senders` are phone numbers of ours."""

    sid: str
    inbound_url: str | None = None
    uses_number_webhook: bool = False
    status_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    senders: tuple[str, ...] = ()

    def as_json(self) -> Record:
        return {
            "sid": self.sid,
            "friendly_name": "Check-ins",
            "inbound_request_url": self.inbound_url,
            "inbound_method": self.inbound_method,
            "fallback_url": self.fallback_url,
            "use_inbound_webhook_on_number": self.uses_number_webhook,
            "status_callback": self.status_url,
            "validity_period": 36000,
        }


def number_page(numbers: list[Number], query: dict[str, str], path: str) -> Record:
    """The numbers that hold what is asked for anywhere in them, as Twilio finds them."""
    asked = query.get("PhoneNumber", "").lstrip("+ ")
    found = [each.as_json() for each in numbers if asked in each.phone]
    return {"incoming_phone_numbers": found, "page": 0, "page_size": 50, "uri": path, "next_page_uri": None}


def service_page(services: list[Service]) -> Record:
    meta = {"key": "services", "page": 0, "page_size": 50, "next_page_url": None}
    return {"services": [each.as_json() for each in services], "meta": meta}
