"""A proxy before the emulator that writes down every call to AWS: what it was, when, and what it costs.

It stands outside of the code that is measured, so that nothing it counts depends on how that code makes its calls.
"""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from bench.units import Image, IndexShape, index_units, query_units, read_units, write_units
from local.processes import HOST

_KINDS = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
_READS = frozenset({"GetItem", "BatchGetItem", "Query"})


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """One item's part of a write: its type, what was done, whether alone or in a transaction, and what it took.

    `units` is by place: `table`, or an index's name.
    """

    item: str
    done: str
    alone: bool
    units: Mapping[str, int]

    @property
    def total(self) -> int:
        """Units in all places."""
        return sum(self.units.values())


@dataclass(frozen=True, slots=True)
class Call:
    """One call to AWS. `stated_units` is what the emulator says a write took, to check ours by."""

    operation: str
    started: float
    ended: float
    read_units: float = 0
    writes: Sequence[ItemWrite] = ()
    stated_units: float = 0
    entries: Sequence[str] = ()

    @property
    def is_read(self) -> bool:
        """Whether it reads the table."""
        return self.operation in _READS

    @property
    def write_units(self) -> int:
        """Units of all its writes, indexes included."""
        return sum(write.total for write in self.writes)


@dataclass
class Tap:
    """What came through, and how long each read is made to take so that it shows which of them wait for others."""

    endpoint: str
    table: Any
    shapes: Sequence[IndexShape]
    delay_s: float = 0
    calls: list[Call] = field(default_factory=list)

    def taken(self) -> list[Call]:
        """The calls since the last time, in the order in which they were begun."""
        taken, self.calls = self.calls, []
        return sorted(taken, key=lambda call: call.started)

    def image(self, table: str, key: Image) -> Image | None:
        """An item as it is now, read past the tap."""
        found: Image | None = self.table.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return found

    def units_of(self, table: str, entry: Mapping[str, Any], kind: str, old: Image | None, *, alone: bool) -> ItemWrite:
        """What a write has done to the item that was `old`."""
        new = self.image(table, _key_of(entry))
        units = {"table": write_units(old, new, transaction=not alone)}
        units |= {shape.name: taken for shape in self.shapes if (taken := index_units(shape, old, new))}
        kept = new or old or {}
        return ItemWrite(str(kept.get("type", {}).get("S", "?")), kind, alone, units)


def sequential(calls: Sequence[Call]) -> int:
    """How many of these calls had to wait for each other: the longest chain in which each began after one had ended."""
    depths: list[tuple[float, int]] = []
    for call in sorted(calls, key=lambda one: one.started):
        depths.append((call.ended, 1 + max((depth for ended, depth in depths if ended <= call.started), default=0)))
    return max((depth for _, depth in depths), default=0)


@contextmanager
def tapped(endpoint: str, *, table: Any, shapes: Sequence[IndexShape]) -> Iterator[tuple[str, Tap]]:
    """The address to call instead of `endpoint`, and what comes by; `table` is a client that goes past it."""
    tap = Tap(endpoint, table, shapes)
    server = _Server((HOST, 0), _Handler)
    server.tap = tap
    threading.Thread(target=server.serve_forever, name="tap", daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}", tap
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tap: Tap


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def do_POST(self) -> None:
        started, tap = time.perf_counter(), self.server.tap
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        service, _, operation = (self.headers.get("X-Amz-Target") or "").rpartition(".")
        request = json.loads(body) if operation else {}
        in_table = service.startswith("DynamoDB")
        if in_table:
            request["ReturnConsumedCapacity"] = "TOTAL"
            body = json.dumps(request).encode()
        writes = list(_writes_of(operation, request)) if in_table else []
        old = [tap.image(entry["TableName"], _key_of(entry)) for _, entry in writes]
        status, headers, answer = self._forward(body)
        if operation in _READS:
            time.sleep(tap.delay_s)
        call = _made(tap, operation or self.path, request, writes, old, answer if status == 200 else b"{}", started)
        tap.calls.append(call)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.server.tap.endpoint).netloc, timeout=30)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
        connection.request("POST", self.path, body=body, headers=kept)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is inherited)
        """Say nothing."""


def _made(
    tap: Tap,
    operation: str,
    request: Mapping[str, Any],
    writes: Sequence[tuple[str, Mapping[str, Any]]],
    old: Sequence[Image | None],
    answer: bytes,
    started: float,
) -> Call:
    answered = json.loads(answer) if answer[:1] == b"{" else {}
    failed = not answered and bool(writes)
    alone = operation in _KINDS
    made = [
        ItemWrite("?", "refused", alone, {"table": write_units(before, before, transaction=not alone)})
        if failed
        else tap.units_of(entry["TableName"], entry, kind, before, alone=alone)
        for (kind, entry), before in zip(writes, old, strict=True)
    ]
    capacity = answered.get("ConsumedCapacity", ()) if writes else ()
    stated = [capacity] if isinstance(capacity, Mapping) else capacity
    return Call(
        operation,
        started,
        time.perf_counter(),
        read_units=_read_units(operation, request, answered),
        writes=made,
        stated_units=sum(one["CapacityUnits"] for one in stated),
        entries=[entry["Detail"] for entry in request.get("Entries", ()) if "Detail" in entry],
    )


def _writes_of(operation: str, request: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if kind := _KINDS.get(operation):
        yield kind, request
    for entry in request.get("TransactItems", ()):
        yield from entry.items()


def _key_of(entry: Mapping[str, Any]) -> Image:
    named: Image = entry.get("Key") or entry["Item"]
    return {name: named[name] for name in ("pk", "sk")}


def _read_units(operation: str, request: Mapping[str, Any], answered: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        return read_units([answered.get("Item")], consistent=request.get("ConsistentRead", False))
    if operation == "Query":
        return query_units(answered.get("Items", ()), consistent=request.get("ConsistentRead", False))
    units = 0.0
    for table, wanted in request.get("RequestItems", {}).items() if operation == "BatchGetItem" else ():
        found = answered.get("Responses", {}).get(table, [])
        absent = [None] * (len(wanted["Keys"]) - len(found))
        units += read_units([*found, *absent], consistent=wanted.get("ConsistentRead", False))
    return units
