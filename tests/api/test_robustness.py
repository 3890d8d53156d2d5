"""Whatever the document allows to be sent, and much that it does not: never a 500, never an undocumented answer.

schemathesis makes requests from the document; they are handed to the functions in this process. The ids in paths are
those of things that exist, or anything.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit
from zlib import crc32

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.testing import DataCloud, WireItem
from tests.api.furnishing import Furnishing
from tests.api.whole import whole_api
from tests.functions.conftest import Api, Reply, http_event
from tools.openapi import current_document

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ORIGIN = "http://api.example.com"
DRAWN = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # explicit: each rule of a schema
    suppress_health_check=list(HealthCheck),
)

pytestmark = pytest.mark.slow
SCHEMA = schemathesis.openapi.from_dict(current_document())
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations() if isinstance(result, Ok)}


class Client:
    """Sends what schemathesis made, with a key of every scope."""

    def __init__(self, api: Api, secret: str, ids: dict[str, str]) -> None:
        self._api, self._secret, self.ids = api, secret, ids

    def try_out(self, case: Case[Any]) -> None:
        """One request, and all checks of its answer."""
        case.validate_response(self.answer(case), checks=CHECKS)

    def answer(self, case: Case[Any]) -> httpx.Response:
        """What one request is answered."""
        asked = requests.Request(**case.as_transport_kwargs(base_url=ORIGIN)).prepare()
        return _response(asked, self._send(asked))

    def _send(self, asked: requests.PreparedRequest) -> Reply:
        address = urlsplit(str(asked.url))
        body = asked.body.encode() if isinstance(asked.body, str) else asked.body
        if body is not None and not isinstance(body, bytes):
            raise TypeError("a body that is sent piece by piece")
        headers = {name.lower(): _text(value) for name, value in asked.headers.items()}
        headers["authorization"] = f"Bearer {self._secret}"
        event = http_event(
            str(asked.method), unquote(address.path), body, query=None, headers=headers, source_ip="203.0.113.7"
        )
        return self._api.send(event | {"rawQueryString": address.query})


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(asked: requests.PreparedRequest, reply: Reply) -> httpx.Response:
    request = httpx.Request(str(asked.method), str(asked.url))
    response = httpx.Response(reply.status, headers=dict(reply.headers), content=reply.text.encode(), request=request)
    response.elapsed = timedelta()
    return response


@dataclass(frozen=True)
class Furnished:
    """A tenant that has one of everything: whose key, what it has, and what the table held then."""

    secret: str
    ids: dict[str, str]
    items: tuple[WireItem, ...]


_furnished: list[Furnished] = []  # furnishing takes a second, what it wrote is written again in a moment


@pytest.fixture
def client(request: pytest.FixtureRequest, cloud: DataCloud) -> Client:
    """Of a tenant that has one of everything."""
    if _furnished:
        cloud.put(_furnished[0].items)
    else:
        store, secret = request.getfixturevalue("store"), request.getfixturevalue("make_secret")()
        furnishing = Furnishing(whole_api(secret), store)
        furnishing.all()
        _furnished.append(Furnished(secret, furnishing.ids, tuple(cloud.items())))
    return Client(whole_api(None), _furnished[0].secret, _furnished[0].ids)


@pytest.mark.parametrize("label", OPERATIONS)
def test_anything_can_be_asked(label: str, client: Client) -> None:
    """Each rule of a schema, kept and broken, of what exists; then what is drawn, half of it of anything."""

    def try_out(case: Case[Any]) -> None:
        is_a_rule = case.meta and case.meta.phase.name is TestPhase.COVERAGE
        if is_a_rule or crc32(repr(case.path_parameters).encode()) % 2:
            case.path_parameters |= {name: client.ids[name] for name in case.path_parameters}
        client.try_out(case)

    # Made here: what `schema.parametrize` makes of all operations, each process would make, and try a few.
    how = HypothesisTestConfig(project=SCHEMA.config, modes=list(HypothesisTestMode), settings=DRAWN)
    create_test(operation=OPERATIONS[label], test_func=try_out, config=how)()
