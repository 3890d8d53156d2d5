"""HTTP as we speak it with AWS: connections are kept while they live, and what is not a whole answer is none."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from storekeeper.kernel.aws import connections
from storekeeper.kernel.aws.connections import Connections, NoAnswer

OK = b"HTTP/1.1 200 OK\r\nX-Amzn-RequestId: 7\r\nContent-Length: 2\r\n\r\n{}"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: 1\r\n\r\n"
HANG_UP = b""

Wrap = Callable[[socket.socket], socket.socket]


class Server:
    """Says one thing after the other, over as many connections as it is asked on; an empty one is to hang up."""

    def __init__(self, listening: socket.socket, answers: Sequence[bytes], wrap: Wrap) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.address = listening.getsockname()
        self._listening, self._left, self._wrap = listening, list(answers), wrap

    def serve(self) -> None:
        while self._left:
            plain, _ = self._listening.accept()
            self.connections += 1
            with self._wrap(plain) as connection:
                while self._left:
                    if self._left[0] == HANG_UP:
                        self._left.pop(0)
                        break
                    if not (request := connection.recv(1 << 16)):
                        break
                    self.requests.append(request)
                    said = self._left.pop(0)
                    connection.sendall(said)
                    if b"close" in said:
                        break


@contextmanager
def serving(*answers: bytes, wrap: Wrap = lambda plain: plain) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening, answers, wrap)
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        yield server
        thread.join(5)


@contextmanager
def to(server: Server, scheme: str = "http") -> Iterator[Connections]:
    with closing(Connections(f"{scheme}://127.0.0.1:{server.address[1]}")) as ours:
        yield ours


def test_a_connection_is_kept_and_the_request_is_whole() -> None:
    with serving(OK, OK) as server, to(server) as ours:
        answers = [ours.post({"host": "db", "x-amz-target": "T"}, b"{1}") for _ in range(2)]

    assert server.connections == 1
    assert server.requests == [b"POST / HTTP/1.1\r\nhost: db\r\nx-amz-target: T\r\ncontent-length: 3\r\n\r\n{1}"] * 2
    assert [(one.status, one.headers["x-amzn-requestid"], one.body) for one in answers] == [(200, "7", b"{}")] * 2


@pytest.mark.parametrize("first", [LAST, OK], ids=["it_says_that_it_closes", "it_just_hangs_up"])
def test_a_connection_that_has_ended_is_not_used_again(first: bytes) -> None:
    answers = (first, OK) if first == LAST else (first, HANG_UP, OK)
    with serving(*answers) as server, to(server) as ours:
        ours.post({"host": "db"}, b"")
        _until_it_ends(ours)
        ours.post({"host": "db"}, b"")

    assert server.connections == 2


def _until_it_ends(ours: Connections) -> None:
    for _ in range(500):
        if not any(kept.is_idle for kept in ours._kept):
            return
        threading.Event().wait(0.01)
    raise AssertionError("the server did not hang up")


def test_an_answer_in_chunks_is_put_together() -> None:
    with serving(CHUNKED, OK) as server, to(server) as ours:
        bodies = [ours.post({"host": "db"}, b"").body for _ in range(2)]

    assert (bodies, server.connections) == ([b"abcde", b"{}"], 1)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{close",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
        b"HTTP/2 200\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nclose",
        b"\r\n\r\n",
    ],
    ids=["nothing", "body", "head", "no_length", "odd_length", "other_http", "chunk", "blank"],
)
def test_what_is_no_whole_answer_is_none_and_its_connection_is_left(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "READ_TIMEOUT_S", 0.2)
    with serving(said, OK) as server, to(server) as ours:
        with pytest.raises(NoAnswer):
            ours.post({"host": "db"}, b"")

        assert not ours._kept
        assert ours.post({"host": "db"}, b"").body == b"{}"


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(NoAnswer):
        Connections(f"http://127.0.0.1:{port}").post({"host": "db"}, b"")


def test_an_answer_that_takes_too_long_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer):
        Connections(f"http://127.0.0.1:{silent.getsockname()[1]}").post({"host": "db"}, b"")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1, signed by itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "db")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "both.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


def _tls(certificate: Path) -> Wrap:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return lambda plain: context.wrap_socket(plain, server_side=True)


def test_a_secure_connection_is_kept_too(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    with serving(OK, OK, wrap=_tls(certificate)) as server, to(server, "https") as ours:
        statuses = [ours.post({"host": "db"}, b"").status for _ in range(2)]

    assert (statuses, server.connections) == ([200, 200], 1)


def test_a_certificate_that_nobody_vouches_for_is_no_answer(certificate: Path) -> None:
    def refused(plain: socket.socket) -> socket.socket:
        try:
            return _tls(certificate)(plain)
        except ssl.SSLError:
            return plain

    with serving(HANG_UP, wrap=refused) as server, to(server, "https") as ours, pytest.raises(NoAnswer):
        ours.post({"host": "db"}, b"")
