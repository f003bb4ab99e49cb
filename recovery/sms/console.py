"""The way out that sends nothing: texts stay in the database, where the phone page shows them."""

from datetime import datetime

from recovery.sms.gateway import (
    Accepted,
    AccountSetUp,
    Fetched,
    Gone,
    Listed,
    NumberSetUp,
    Outgoing,
    Posted,
    ServiceSetUp,
)


class ConsoleGateway:
    """Takes every text and calls it delivered; serves development and tests."""

    name = "console"
    delivers_at_once = True

    def send(self, message: Outgoing) -> Accepted:
        """Accepts the text under an id made from ours."""
        return Accepted(f"console-{message.id}", "delivered")

    def verifies(self, url: str, parameters: Posted, signature: str) -> bool:
        """Never: nobody signs calls to us, and the phone page asks the service directly."""
        return False

    def texts_to(self, phone: str) -> tuple[Listed, ...]:
        """Nothing: there is no log but ours."""
        return ()

    def received_at(self, phone: str, since: datetime | None) -> tuple[Listed, ...]:
        return ()

    def text(self, sid: str) -> Listed:
        raise Gone("nothing but what we keep")

    def media_of(self, sid: str) -> tuple[str, ...]:
        return ()

    def fetch(self, address: str, at_most: int) -> Fetched:
        raise Gone("no pictures here")

    def delete(self, address: str) -> None:
        """Nothing to delete."""

    def redact(self, sid: str) -> None:
        """Nothing to redact."""

    def account_set_up(self) -> AccountSetUp:
        return AccountSetUp("active")

    def number_set_up(self, phone: str) -> NumberSetUp:
        raise Gone("no numbers here")

    def service_set_up(self, sid: str) -> ServiceSetUp:
        raise Gone("nothing but what we keep")
