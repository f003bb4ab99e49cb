"""Whose address it is: the provider's own, which may see our token, or a stranger's, which may not."""

import re
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

from recovery.addresses import is_loopback

TWILIO = "https://api.twilio.com"
_PORTS = {"https": 443, "http": 80}
_PLAIN = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?", re.I)  # every reader sees the same host in it


class Host:
    """Twilio, or what stands in for it at `base_url`."""

    def __init__(self, base_url: str | None) -> None:
        self.root = (base_url or TWILIO).rstrip("/")
        self.is_here = is_loopback(self.root)
        self._stands_in = base_url is not None

    def address(self, url: str) -> str:
        """Where a call to one of Twilio's hosts really goes."""
        if not self._stands_in or self.owns(url):
            return url
        ours, asked = urlsplit(self.root), urlsplit(url)
        return urlunsplit((ours.scheme, ours.netloc, ours.path + asked.path, asked.query, ""))

    def owns(self, url: str) -> bool:
        """Whether this is the provider itself: the same scheme, host and port."""
        return _origin(url) is not None and _origin(url) == _origin(self.root)

    def own(self, url: str) -> str | None:
        """The address at the provider that `url` names; None for anybody else's."""
        return self.address(url) if self.owns(url) or _origin(url) == _origin(TWILIO) else None

    def onward(self, url: str) -> str | None:
        """Where a redirect to `url` may be followed to; None for what is no web address or not public.

        A stranger is called over TLS. A stand-in on this machine may send us on to this machine.
        """
        if _origin(url) is None:
            return None
        if (own := self.own(url)) or self.is_here:
            return own or url
        parts = urlsplit(url)
        if parts.port not in (None, 80, 443) or not _is_public(parts.hostname or ""):
            return None
        return urlunsplit(("https", (parts.hostname or ""), parts.path, parts.query, ""))


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no web address, or could be read as two."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or not _PLAIN.fullmatch(parts.netloc):
            return None
        return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None


def _is_public(host: str) -> bool:
    """Whether every address of a host is one of the open internet.

    A host that we cannot look up passes: a proxy may know it, else the call fails by itself.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True
    return all(_is_global(str(each[4][0])) for each in found)


def _is_global(number: str) -> bool:
    address = ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_global)
