"""The way out that sends nothing: texts stay in the database, where the phone page shows them."""

from recovery.sms.gateway import Accepted, Outgoing, Posted


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
