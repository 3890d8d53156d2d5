"""What Idempotency-Key and If-Match do: a repeat gets the first answer again, a change of the outdated is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from storekeeper.kernel import idempotency
from storekeeper.kernel.errors import Invalid, StaleVersion
from storekeeper.kernel.idempotency import Answer, Keyed, Remember
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write

HEADER = "idempotency-key"
ANY_VERSION = "*"
SEED = "version"  # the attribute of an answer that its ETag is made of

T = TypeVar("T")


class Replay(Exception):
    """The request was answered before: that answer stands. Control flow of the edge, not a refusal."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


async def answer_replay(_: Request, replay: Exception) -> Response:
    """The first answer, again."""
    if not isinstance(replay, Replay):
        raise TypeError("registered for Replay only") from replay
    headers = {"idempotency-replayed": "true"}
    if replay.answer.version is not None:
        headers["etag"] = etag(replay.answer.version)
    return Response(replay.answer.body, replay.answer.status, headers, media_type="application/json")


def etag(version: int) -> str:
    """The ETag of an entity's version."""
    return f'"{version}"'


def check_version(if_match: str | None, version: int) -> None:
    """Refuse if `If-Match` names other versions than the current one; it may name several.

    Raises:
        StaleVersion: it does.
    """
    if if_match is None or if_match.strip() == ANY_VERSION:
        return
    if etag(version) not in (tag.strip() for tag in if_match.split(",")):
        raise StaleVersion("It has changed since you read it; read it again and apply your change to that.")


async def read_keyed(request: Request, *, table: Table, scope: str) -> Keyed | None:
    """The request with its key, or None where it has none or is no POST.

    Raises:
        Invalid: `idempotency_key_malformed`.
    """
    key = request.headers.get(HEADER)
    if request.method != "POST" or key is None:
        return None
    if not idempotency.MIN_KEY_LENGTH <= len(key) <= idempotency.MAX_KEY_LENGTH:
        raise Invalid.field("Idempotency-Key", "idempotency_key_malformed", "Send 16 to 255 characters.")
    body_hash = idempotency.hash_body(await request.body())
    return Keyed(table.tenant_id, scope, request.url.path, key, body_hash)


def raise_replay(keyed: Keyed | None, *, table: Table, sealer: Callable[[], Sealer], now: datetime) -> None:
    """End the request here if it was answered before.

    Raises:
        Replay: it was.
        KeyReused: it was, with another body.
    """
    if keyed and (answer := idempotency.find_answer(keyed, table=table, sealer=sealer, now=now)):
        raise Replay(answer)


def remembering(
    keyed: Keyed | None, render: Callable[[T], BaseModel], *, status: int, sealer: Callable[[], Sealer], now: datetime
) -> Remember[T]:
    """How a use case remembers its result: as the answer that `render` makes of it."""
    if keyed is None:
        return idempotency.forget

    def remember(result: T) -> tuple[Write, ...]:
        body = render(result)
        answer = Answer(status, body.model_dump_json(), getattr(body, SEED, None))
        return (idempotency.mark_write(keyed, answer, sealer=sealer(), now=now),)

    return remember
