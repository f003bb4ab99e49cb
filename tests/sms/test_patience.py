"""A time-out holds for a whole answer, with TLS as without."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from requests import ConnectionError as NoConnection
from requests import ReadTimeout, Session

from recovery.sms.patience import Adapter

BODY = b"not before tomorrow"


class Trickling(BaseHTTPRequestHandler):
    """Byte after byte, each well in time: at /head from the first, at /body after the head."""

    protocol_version = "HTTP/1.1"
    over = Event()

    def do_GET(self) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
        at_once, slow = (b"", head + BODY) if self.path == "/head" else (head, BODY)
        self.wfile.write(at_once)
        for byte in slow:
            if self.over.wait(0.05):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of localhost's, with its key, that nobody else signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, *plain)
    path.write_bytes(written + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(params=["http", "https"])
def origin(request: pytest.FixtureRequest, certificate: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Trickling)
    if request.param == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Trickling.over.clear()
    Thread(target=server.serve_forever, args=(0.01,)).start()
    yield f"{request.param}://localhost:{server.server_port}"
    Trickling.over.set()
    server.shutdown()
    server.server_close()


@contextmanager
def session(certificate: Path) -> Iterator[Session]:
    with Session() as opened:
        opened.trust_env, opened.verify = False, str(certificate)
        for scheme in ("http://", "https://"):
            opened.mount(scheme, Adapter())
        yield opened


@pytest.mark.parametrize("part", ["/head", "/body"])
def test_an_answer_that_trickles_in_ends_with_the_time_out(origin: str, certificate: Path, part: str) -> None:
    with session(certificate) as opened, pytest.raises((ReadTimeout, NoConnection), match="timed out"):
        opened.get(origin + part, timeout=0.4)
