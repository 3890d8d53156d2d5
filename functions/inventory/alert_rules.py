"""Alert rules: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from inventory.alert_schemas import AlertRuleIn, AlertRuleOut, AlertRulePatch, ScopeName
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.alerts.rules.items import open_recipients
from storekeeper.inventory.alerts.rules.model import Rule, RuleScope
from storekeeper.inventory.alerts.rules.store import RuleFilter, list_rules, read_rule
from storekeeper.inventory.alerts.rules.use_cases import change_rule, create_rule, delete_rule

router = APIRouter(prefix="/v1/inventory/alert-rules", tags=["Alerts"])


@router.get("")
async def find_rules(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    scope: Annotated[ScopeName | None, Query(description="Only of this scope.")] = None,
    target: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Only of this store, product (by id) or SKU.")
    ] = None,
    location_id: Annotated[str | None, Query(min_length=1, max_length=64, description="Only of this one.")] = None,
    enabled: Annotated[bool | None, Query(description="Only those that count, or only the others.")] = None,
) -> ListOut[AlertRuleOut]:
    """Alert rules, newest first. With narrow filters a page may be short and yet have a `next_cursor`."""
    wanted = RuleFilter(RuleScope(scope) if scope else None, target, location_id, enabled)
    page = list_rules(call.table, wanted, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, lambda rule: _out(call, rule))


@router.post(
    "",
    status_code=201,
    responses={
        404: {"description": "There is no such store, product, SKU or location."},
        409: {"description": "There is a rule for the same thing; change that one."},
    },
)
async def make_rule(
    body: AlertRuleIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> AlertRuleOut:
    """Say from how many units on something is low, what to reorder and who is to be told.

    The most specific enabled rule counts: variant, else product, else store, else global, else the default.
    """
    rule = create_rule(
        call.table,
        body.target(),
        body.terms(),
        recipients=body.recipients,
        settings=backend().settings.fresh(call.table),
        sealer=call.sealer(),
        now=call.now,
        remember=call.remembering(lambda made: _out(call, made)),
    )
    return tagged(response, _out(call, rule), version=rule.version)


@router.get("/{rule_id}")
async def find_rule(
    rule_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> AlertRuleOut:
    """One alert rule."""
    rule = read_rule(call.table, rule_id)
    return tagged(response, _out(call, rule), version=rule.version)


@router.patch("/{rule_id}")
async def patch_rule(
    rule_id: str, body: AlertRulePatch, call: Annotated[Call, requires("inventory:write")], response: Response
) -> AlertRuleOut:
    """Change an alert rule. What it covers is looked at anew: alerts come, go or change within a minute or two."""
    rule = change_rule(
        call.table,
        rule_id,
        body.changes(),
        recipients=body.recipients if "recipients" in body.model_fields_set else None,
        sealer=call.sealer(),
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, _out(call, rule), version=rule.version)


@router.delete("/{rule_id}", status_code=204)
async def remove_rule(rule_id: str, call: Annotated[Call, requires("inventory:write")]) -> None:
    """Delete an alert rule: what it covered goes by the next more general one."""
    delete_rule(call.table, rule_id, now=call.now, expects=call.check_version)


def _out(call: Call, rule: Rule) -> AlertRuleOut:
    return AlertRuleOut.of(rule, open_recipients(rule, sealer=call.sealer()))
