"""Connections whose time-out holds for an answer's whole head, however slowly it trickles in.

A socket's own time-out begins anew with every byte: one bad server could hold a call for hours, and with
it a worker that is asked to stop.
"""

import socket
from contextlib import suppress
from threading import Timer
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse


class Adapter(HTTPAdapter):
    """The way of `requests` to a host, directly or through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Plain(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """The answer's head. Raises TimeoutError when it is not there in `timeout` seconds."""
        if self.timeout is None:
            return HTTPConnection.getresponse(self)
        guard = _Guard(self.sock, self.timeout)
        try:
            return HTTPConnection.getresponse(self)
        finally:
            guard.end()


class _OverTls(HTTPSConnection):
    getresponse = _Plain.getresponse  # type: ignore[assignment]


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _PoolOverTls(HTTPSConnectionPool):
    ConnectionCls = _OverTls


_POOLS = {"http": _PlainPool, "https": _PoolOverTls}


class _Guard:
    """Ends the reading from a socket after so many seconds."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._rang = False
        self._timer = Timer(seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Raises TimeoutError if the time is over: half a head looks like a short one."""
        self._timer.cancel()
        if self._rang:
            raise TimeoutError("the answer came too slowly")

    def _ring(self) -> None:
        self._rang = True
        with suppress(OSError):  # it may be closed by now
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)  # not TLS's own, which would wait
