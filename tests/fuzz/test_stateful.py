"""Calls in sequence, each with what those before it answered: whatever follows whatever, all answers are as documented.

schemathesis finds by itself which answers lead to which calls. tests/api tries each operation alone; here a product
that was just made is patched, listed, deleted and asked for again.
"""

from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, Response
from schemathesis.core.failures import Failure, FailureGroup

from local.testing import DataCloud
from storekeeper.edge.backend import backend
from storekeeper.tenancy import Store
from tests.api.furnishing import Furnishing
from tests.api.test_robustness import CHECKS, Client
from tests.api.whole import whole_api
from tests.functions.conftest import MakeSecret
from tests.fuzz.examples import FACTOR
from tools.openapi import current_document

SCENARIOS, STEPS = 12, 8

pytestmark = pytest.mark.slow
schema = schemathesis.openapi.from_dict(current_document())


def test_in_any_sequence_every_answer_is_as_the_document_says(
    cloud: DataCloud, store: Store, make_secret: MakeSecret
) -> None:
    secret = make_secret()
    furnishing = Furnishing(whole_api(secret), store)
    furnishing.all()
    client = Client(whole_api(None), secret, furnishing.ids)
    furnished = tuple(cloud.items())
    asked: list[int] = []
    wrong: list[str] = []

    class Sequence(schema.as_state_machine()):  # type: ignore[misc]
        """One scenario: calls are handed to the functions in this process."""

        def setup(self) -> None:
            """Everything is as it was before the first one: else what can follow what would change as they go on."""
            cloud.empty_table()
            cloud.put(furnished)
            backend.cache_clear()

        def call(self, case: Case[Any], **_: Any) -> Response:
            answer = client.answer(lead_somewhere(case, client.ids))
            asked.append(answer.status_code)
            return Response.from_httpx(answer, verify=False)

        def validate_response(self, response: Response, case: Case[Any], **_: Any) -> None:
            """A fault is noted, not raised: what exists is another thing when Hypothesis tries the scenario again."""
            try:
                case.validate_response(response, checks=CHECKS)
            except (Failure, FailureGroup) as failure:
                wrong.append(f"{case.method} {case.path}: {case.as_curl_command()[:500]}: {failure}")

    Sequence.run(
        settings=settings(
            max_examples=SCENARIOS * FACTOR,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=FACTOR == 1,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    print("answers by status:", dict(sorted(Counter(asked).items())))  # pytest -s shows it
    assert not wrong, "\n\n".join(wrong[:5])
    assert len(asked) >= SCENARIOS * FACTOR
    assert any(200 <= status < 300 for status in asked)


def lead_somewhere(case: Case[Any], ids: dict[str, str]) -> Case[Any]:
    """A call that begins a scenario names the store, domain and the like that exist; links name what was answered."""
    named: dict[str, Any] = dict(case.path_parameters or {})
    always = {"domain", "store_id"}
    case.path_parameters = named | {name: ids[name] for name in named if name in always}
    return case
