"""schemathesis against the running stack: whatever is sent, no answer is a 5xx or other than the document says.

tests/api does the same within one process; what differs here is all that stands before a function: gateway, event,
IAM. `STACK_EXAMPLES=100` sends more than the few for each operation that every run sends.
"""

import os
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.testing import RunningStack
from tests.stack.furnishing import furnish
from tests.stack.shop import Merchant, found, open_shop
from tools.openapi import current_document

pytestmark = pytest.mark.stack

EXAMPLES = int(os.environ.get("STACK_EXAMPLES", "4"))
SEED = 20261120
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DOCUMENT = schemathesis.openapi.from_dict(current_document())
DOCUMENT.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


def operations() -> dict[str, Any]:
    """Every operation by its name; those that remove what the others are called with come last."""
    found = [result.ok() for result in DOCUMENT.get_all_operations() if isinstance(result, Ok)]
    return {one.label: one for one in sorted(found, key=lambda one: one.method.upper() == "DELETE")}


OPERATIONS = operations()


@pytest.fixture(scope="module")
def owner(stack: RunningStack, http: httpx.Client) -> Merchant:
    """A tenant whose things may be changed in any way that the API allows."""
    return found(stack, http, "documented")


@pytest.fixture(scope="module")
def ids(owner: Merchant) -> dict[str, str]:
    """Things that exist."""
    return furnish(open_shop(owner))


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_as_the_document_says(
    label: str, stack: RunningStack, owner: Merchant, ids: dict[str, str]
) -> None:
    operation = OPERATIONS[label]

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def try_it(case: Case[Any]) -> None:
        lead_somewhere(case, ids)
        answer = case.call(base_url=owner.base_url, headers=owner.authorization)
        case.validate_response(answer, checks=CHECKS)

    try_it()


def lead_somewhere(case: Case[Any], ids: dict[str, str]) -> None:
    """Every other case names things that exist, so that more is tried than refusals."""
    named: dict[str, Any] = dict(case.path_parameters or {})
    if len(str(case.query)) % 2 == 0:
        case.path_parameters = named | {name: ids[name] for name in named}
