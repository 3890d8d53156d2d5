"""HTTP/1.1, as little of it as AWS's services need from us: POST to `/`, over connections that are kept.

A general client takes three times the processor time for each call. Here nothing is sent twice, no redirect is
followed, and an answer that is not understood is none.
"""

import os
import select
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from functools import cache
from typing import BinaryIO
from urllib.parse import urlsplit

from msgspec import Struct

CONNECT_TIMEOUT_S = 1
READ_TIMEOUT_S = 3
LONGEST_LINE = 65_536


class NoAnswer(Exception):
    """None came, or not a whole one: what was asked may or may not have been done."""


class Answer(Struct, frozen=True):
    """What a service said; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Connection:
    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        plain = socket.create_connection((host, port), CONNECT_TIMEOUT_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        plain.settimeout(READ_TIMEOUT_S)
        self.socket = context.wrap_socket(plain, server_hostname=host) if context else plain
        self.reader: BinaryIO = self.socket.makefile("rb")

    @property
    def is_idle(self) -> bool:
        """Whether the other side is still there: on a kept connection nothing may come unasked, not even an end."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


class Connections:
    """The connections of this environment to one address; threads take one each, and give it back."""

    def __init__(self, endpoint: str) -> None:
        place = urlsplit(endpoint)
        self._host = place.hostname or ""
        self._port = place.port or (443 if place.scheme == "https" else 80)
        secure = place.scheme == "https"
        self._context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE")) if secure else None
        self._kept: deque[_Connection] = deque()

    def post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a POST to `/`.

        Raises:
            NoAnswer: there is none, in time or at all, or it is not whole.
        """
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"POST / HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body
        try:
            connection = self._take()
        except OSError as error:
            raise NoAnswer(str(error)) from error
        try:
            connection.socket.sendall(request)
            answer, stays = _read(connection.reader)
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | ValueError):
                raise NoAnswer(str(error)) from error
            raise
        if stays:
            self._kept.append(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        """End those that are kept."""
        while self._kept:
            self._kept.pop().close()

    def _take(self) -> _Connection:
        while self._kept:
            connection = self._kept.pop()
            if connection.is_idle:
                return connection
            connection.close()
        return _Connection(self._host, self._port, self._context)


@cache
def connections_to(endpoint: str) -> Connections:
    """Those that clients of all tenants share: a request names its sender itself."""
    return Connections(endpoint)


def _read(reader: BinaryIO) -> tuple[Answer, bool]:
    """One answer, and whether the connection stays open.

    Raises:
        ValueError: it is no HTTP, or was cut off.
    """
    version, status, *_ = _line(reader).split(" ", 2)
    if version != "HTTP/1.1":
        raise ValueError(f"this is not HTTP/1.1 but {version[:20]!r}")
    headers: dict[str, str] = {}
    while line := _line(reader):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = _chunks(reader) if headers.get("transfer-encoding") == "chunked" else _exactly(reader, _length(headers))
    return Answer(int(status), headers, body), headers.get("connection", "").lower() != "close"


def _length(headers: Mapping[str, str]) -> int:
    if "content-length" not in headers:
        raise ValueError("the answer does not say how long it is")
    return int(headers["content-length"])


def _chunks(reader: BinaryIO) -> bytes:
    parts = []
    while size := int(_line(reader).partition(";")[0], 16):
        parts.append(_exactly(reader, size))
        _line(reader)
    while _line(reader):
        pass  # trailers
    return b"".join(parts)


def _exactly(reader: BinaryIO, size: int) -> bytes:
    found = reader.read(size)
    if len(found) < size:
        raise ValueError("the answer was cut off")
    return found


def _line(reader: BinaryIO) -> str:
    line = reader.readline(LONGEST_LINE)
    if not line.endswith(b"\r\n"):
        raise ValueError("the answer was cut off")
    return line[:-2].decode("latin-1")
