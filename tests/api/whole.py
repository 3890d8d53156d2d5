"""All HTTP functions behind one door, in this process, as the gateway puts them; and the operations they document."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from storekeeper.edge.app import lambda_handler
from tests.functions.conftest import Api
from tools.openapi import applications, current_document

PAUSE_S = 0.5
PARAMETER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Operation:
    """One operation of the document, with an example of its body."""

    method: str
    path: str
    scope: str | None
    example: Any
    choices: frozenset[str] = frozenset()

    @property
    def parameters(self) -> list[str]:
        """The names in its path, in order."""
        return PARAMETER.findall(self.path)

    @property
    def names(self) -> list[str]:
        """The names in its path that stand for a thing, and not for one of a few words."""
        return [name for name in self.parameters if name not in self.choices]

    def at(self, ids: Mapping[str, str]) -> str:
        """Its path with these ids; a name that is not among them stands for itself."""
        return PARAMETER.sub(lambda name: ids.get(name[1], name[1]), self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> list[Operation]:
    """Every operation, in the order of paths."""
    return list(_operations())


def _operations() -> Iterator[Operation]:
    for path, methods in current_document()["paths"].items():
        for method, said in methods.items():
            scopes = [scope for requirement in said.get("security", []) for scope in requirement["ApiKey"]]
            body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
            choices = frozenset(one["name"] for one in said.get("parameters", []) if "enum" in one["schema"])
            yield Operation(method.upper(), path, scopes[0] if scopes else None, body.get("example"), choices)


@cache
def _handlers() -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    return [
        (re.compile(PARAMETER.sub("[^/]+", path)), lambda_handler(application))
        for application in applications()
        for path in application.openapi()["paths"]
    ]


def whole_api(key: str | None) -> Api:
    """Calls whichever function documents a path; a fixed word in a path wins over an id, as in API Gateway.

    It waits when it is too quick, as a client does: to call every operation once takes no second.
    """

    def handle(event: dict[str, Any], context: Any) -> Any:
        path = event["rawPath"]
        fitting = [(pattern, handler) for pattern, handler in _handlers() if pattern.fullmatch(path)]
        _, handler = min(fitting, key=lambda found: found[0].pattern.count("[^/]+"))
        while (answer := handler(event, context))["statusCode"] == HTTPStatus.TOO_MANY_REQUESTS:
            time.sleep(PAUSE_S)
        return answer

    return Api(handle, key=key)
