"""Connections whose time-out holds for a whole answer, however slowly it trickles in.

A socket's own time-out begins anew with every byte: one bad server could hold a call for hours, and with
it a worker that is asked to stop.
"""

from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Adapter(HTTPAdapter):
    """The way of `requests` to a host, directly or through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Bytes(RawIOBase):
    """What comes from a socket until a moment of the steady clock. Reading later raises TimeoutError."""

    def __init__(self, sock: socket, raw: RawIOBase, until: float) -> None:
        self._sock, self._raw, self._until = sock, raw, until

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("the answer came too slowly")
        self._sock.settimeout(left)
        return self._raw.readinto(into)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer that is all there within the time-out that its socket has at its beginning."""

    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp = BufferedReader(_Bytes(sock, self.fp.detach(), monotonic() + seconds))


class _Plain(HTTPConnection):
    response_class = _Answer


class _OverTls(HTTPSConnection):
    response_class = _Answer


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _PoolOverTls(HTTPSConnectionPool):
    ConnectionCls = _OverTls


_POOLS = {"http": _PlainPool, "https": _PoolOverTls}
