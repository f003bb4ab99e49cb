"""Web addresses of ours: whether one is sound, and whether it leads back to this machine."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit


def is_sound(value: str) -> bool:
    """http or https, a host, a port and a path if any; no query, no trailing slash."""
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        return False
    return bool(sound) and not value.endswith("/") and not any(each in value for each in "?# \\")


def is_loopback(address: str) -> bool:
    """Whether an address leads back to this machine, whatever it is written as."""
    host = (urlsplit(address).hostname or "localhost").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    if isinstance(number, IPv6Address) and number.ipv4_mapped:
        number = number.ipv4_mapped
    return number.is_loopback or number.is_unspecified
