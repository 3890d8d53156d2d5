"""Every sample event of stock, as `sam local invoke` would send it, and what comes of it."""

import json

import pytest

from storekeeper.kernel.table import Table
from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import Merchant
from tests.functions.queueing import queue
from tools import REPOSITORY

__all__ = ["queue"]

EVENTS = REPOSITORY / "events" / "inventory"
ANSWERS = {
    "restock": 201,
    "make_supplier": 201,
    "make_supplier_of_unknown_currency": 422,
    "list_suppliers": 200,
    "order_of_unknown_supplier": 404,
    "list_purchase_orders": 200,
    "sum_purchase_orders": 200,
    "send_unknown_purchase_order": 404,
    "receive_unknown_purchase_order": 404,
    "suppliers_of_sku": 200,
    "add_sku_to_unknown_supplier": 404,
    "restock_once": 201,
    "adjust_many": 201,
    "adjust_unknown_sku": 404,
    "adjust_away_too_much": 409,
    "adjust_by_nothing": 422,
    "adjust_in_bulk": 202,
    "adjust_in_bulk_by_csv": 202,
    "adjust_in_bulk_by_bad_csv": 422,
    "bulk_adjustments": 200,
    "unknown_bulk_adjustment": 404,
    "reconcile": 202,
    "reconcile_what_cannot_be": 422,
    "reconciliations": 200,
    "drifts_of_unknown_reconciliation": 404,
    "start_valuation": 202,
    "start_unknown_report": 422,
    "list_valuations": 200,
    "rows_of_unknown_report": 404,
    "report_of_unknown_id_as_csv": 404,
    "value_sku": 200,
    "stock_snapshots": 200,
    "levels_of_sku": 200,
    "levels_at_an_instant": 200,
    "low_levels": 200,
    "spread_level": 404,
    "spread_too_far": 422,
    "movements_of_sku": 200,
    "movements_of_a_month": 200,
    "movements_as_csv": 200,
    "movements_with_bad_cursor": 422,
    "track_by_serial": 200,
    "tracking_of_unknown_sku": 404,
    "name_units_of_untracked_sku": 404,
    "serials_of_sku": 200,
    "serials_of_nothing": 422,
    "unknown_serial": 404,
    "expired_batches": 200,
    "pick_too_much_of_batches": 409,
    "recall_unknown_batch": 404,
    "create_alert_rule": 201,
    "create_alert_rule_that_contradicts_itself": 422,
    "alert_rules": 200,
    "unknown_alert_rule": 404,
    "open_alerts": 200,
    "alert_totals": 200,
    "dismiss_unknown_alert": 404,
    "alerts_of_unknown_store": 404,
    "stock_of_unknown_store": 404,
    "hide_what_is_out_of_unknown_store": 404,
    "hide_what_is_out_wrongly": 422,
    "sync_unknown_store": 404,
    "watch_unknown_store": 404,
    "make_kit_of_stocked_sku": 409,
    "make_kit_of_unknown_sku": 404,
    "make_kit_of_nothing": 422,
    "kits_with_component": 200,
    "availability_of_unknown_kit": 404,
}


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
def test_a_sample_event_is_answered(
    merchant: Merchant, table: Table, make_secret: MakeSecret, name: str, status: int
) -> None:
    merchant.adjust(5)
    event = json.loads((EVENTS / f"{name}.json").read_text())
    event["headers"]["authorization"] = f"Bearer {make_secret()}"

    reply = merchant.api.send(event)

    assert reply.status == status
    if status > 299:
        assert reply.headers["content-type"].startswith("application/problem+json")


def test_every_sample_event_of_stock_is_tried() -> None:
    """Locations and transfers have tests of their own."""
    elsewhere = {file for word in ("location", "transfer") for file in EVENTS.glob(f"*{word}*.json")}

    assert {file.stem for file in {*EVENTS.glob("*.json")} - elsewhere} == set(ANSWERS)
