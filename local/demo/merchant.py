"""A client of the API, with one company's key, as a merchant's own program would be one."""

import json
import time
from collections.abc import Iterator
from typing import Any

import urllib3

from local.invoker import CannotInvoke, Invoker

CONNECTIONS = 16
ATTEMPTS = 5  # where the API says when to come again
TIMEOUT_S = 30.0
LONGEST_PAGE = 200

Json = dict[str, Any]


class Refused(RuntimeError):
    """The API, the operator's function or object storage answered with something else than success."""


class Merchant:
    """Thread-safe. `is_new` spares a company that was founded just now the look for what is there already."""

    def __init__(self, base_url: str, api_key: str, *, is_new: bool) -> None:
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False, timeout=TIMEOUT_S)
        self._is_new = is_new
        self._known: dict[str, list[Json]] = {}

    def ensure(self, path: str, body: Json, *, by: str) -> Json:
        """What `path` lists with this body's value of the member `by`; made if there is none."""
        known = next((one for one in self.rows(path) if one[by] == body[by]), None)
        return known or self.post(path, body)

    def rows(self, path: str) -> list[Json]:
        """All that was there under `path` when it was first asked for."""
        if self._is_new:
            return []
        if path not in self._known:
            self._known[path] = list(self._pages(path))
        return self._known[path]

    def post(self, path: str, body: Json | None = None) -> Json:
        """Make something."""
        return self._call("POST", path, body)

    def patch(self, path: str, body: Json) -> Json:
        """Change something."""
        return self._call("PATCH", path, body)

    def put(self, path: str, body: Json) -> Json:
        """Say how something is."""
        return self._call("PUT", path, body)

    def get(self, path: str) -> Json:
        """Read something."""
        return self._call("GET", path, None)

    def upload(self, form: Json, content: bytes) -> None:
        """Send a file straight to object storage, as a browser does with the form that the API signed.

        Raises:
            Refused: the storage did not take it.
        """
        fields = [*form["fields"].items(), ("file", ("file", content, form["fields"]["Content-Type"]))]
        answer = self._pool.request("POST", form["url"], fields=fields)
        if answer.status not in {200, 201, 204}:
            raise Refused(f"upload: {answer.status} {answer.data[:300]!r}")

    def _pages(self, path: str) -> Iterator[Json]:
        separator, cursor = "&" if "?" in path else "?", ""
        while True:
            page = self.get(f"{path}{separator}limit={LONGEST_PAGE}{cursor}")
            yield from page["data"]
            if page["next_cursor"] is None:
                return
            cursor = f"&cursor={page['next_cursor']}"

    def _call(self, method: str, path: str, body: Json | None) -> Json:
        sent = None if body is None else json.dumps(body).encode()
        for attempt in range(ATTEMPTS):
            answer = self._pool.request(method, self._base_url + path, body=sent, headers=self._headers)
            again_in_s = answer.headers.get("retry-after")
            if again_in_s is None or attempt + 1 == ATTEMPTS:
                return _content(answer, f"{method} {path}")
            time.sleep(float(again_in_s))
        raise AssertionError("the last attempt returns or raises")


def _content(answer: urllib3.BaseHTTPResponse, what: str) -> Json:
    if answer.status >= 300:
        raise Refused(f"{what}: {answer.status} {answer.data[:1000].decode(errors='replace')}")
    content: Json = json.loads(answer.data)
    return content


def found(invoker: Invoker, operator: str, *, name: str, request_id: str) -> tuple[str, str, bool]:
    """Found a company on the premium plan, as the operator: its id, a key of every scope, and whether it is new.

    Raises:
        Refused: the operator's function did not do it.
    """
    order = {"action": "create_tenant", "request_id": request_id, "name": name, "plan": "premium", "currency": "USD"}
    made = _carry_out(invoker, operator, order)
    if made["created"]:
        return made["tenant_id"], made["api_key"], True
    given = _carry_out(invoker, operator, {"action": "create_key", "tenant_id": made["tenant_id"], "name": "Demo key"})
    return made["tenant_id"], given["api_key"], False


def _carry_out(invoker: Invoker, operator: str, order: Json) -> Json:
    try:
        done = invoker.invoke(operator, order)
    except CannotInvoke as failure:
        raise Refused(str(failure)) from failure
    if done.error or "error" in done.payload:
        raise Refused(f"{order['action']}: {done.payload}")
    answer: Json = done.payload
    return answer
