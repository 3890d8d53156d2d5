"""Which functions an edit touches."""

from pathlib import Path

import pytest

from local.watch import touched

CHECKOUT = Path("/checkout")
FOLDERS = {"OrdersFunction": "orders", "WebhooksInFunction": "webhooks_in"}


@pytest.mark.parametrize(
    ("_case", "files", "functions"),
    [
        ("a function's file", ["functions/orders/app.py"], {"OrdersFunction"}),
        ("a file below it", ["functions/webhooks_in/stripe/events.py"], {"WebhooksInFunction"}),
        ("files of both", ["functions/orders/app.py", "functions/webhooks_in/app.py"], set(FOLDERS)),
        ("the domain", ["layers/storekeeper/storekeeper/kernel/money.py"], set(FOLDERS)),
        ("what functions share", ["functions/shared.py"], set(FOLDERS)),
    ],
)
def test_an_edit_reloads_what_it_is_part_of(_case: str, files: list[str], functions: set[str]) -> None:
    assert touched([CHECKOUT / file for file in files], checkout=CHECKOUT, folders=FOLDERS) == functions
