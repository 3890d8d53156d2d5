"""What is done with alert rules: create, change, delete. Each has what the rule covers looked at anew."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from storekeeper.catalog import product_key, sku_key
from storekeeper.inventory.alerts.reviews import put_review, review_of
from storekeeper.inventory.alerts.rules import items
from storekeeper.inventory.alerts.rules.model import Rule, RuleScope, RuleSet, Target, Terms, check_terms
from storekeeper.inventory.alerts.rules.store import read_rule, read_rule_set
from storekeeper.inventory.errors import LocationUnknown, SkuUnknown
from storekeeper.kernel import clock
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Put
from storekeeper.tenancy import Settings


def create_rule(
    table: Table,
    target: Target,
    terms: Terms,
    *,
    recipients: Sequence[str],
    settings: Settings,
    sealer: Sealer,
    now: datetime,
    remember: Remember[Rule] = forget,
) -> Rule:
    """A rule for a target that has none. `recipients` are e-mail addresses and members' ids.

    Raises:
        Invalid: the rule contradicts itself, or its target does.
        NotFound: there is no such store or product. SkuUnknown, LocationUnknown: nor SKU or location.
        RuleExists: the target has a rule.
        Contended: others kept changing the tenant's rules.
    """
    check_terms(terms, recipients=recipients)
    _check_target(table, target, settings)
    refs, sealed = items.recipients_as_kept(recipients, sealer=sealer)
    rule = Rule(items.rule_id_of(target), target, terms, refs, sealed, 1, now, now)

    def attempt() -> Rule:
        rules = read_rule_set(table).counted(target, by=1, low=terms.low)
        table.write(items.put_rule(table.tenant_id, rule), *_follow(table, rules, rule), *remember(rule))
        return rule

    return until_written(attempt)


def change_rule(
    table: Table,
    rule_id: str,
    changes: dict[str, Any],
    *,
    recipients: Sequence[str] | None,
    sealer: Sealer,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Rule:
    """The rule with these of its terms changed, and other recipients if any are given. What it is about stays.

    Raises:
        RuleUnknown: the tenant has no such rule.
        Invalid: it would contradict itself.
        StaleVersion: `expects` says so.
        Contended: others kept changing it, or the tenant's rules.
    """

    def attempt() -> Rule:
        rule = read_rule(table, rule_id)
        expects(rule.version)
        terms = replace(rule.terms, **changes)
        people = items.open_recipients(rule, sealer=sealer)
        told = people if recipients is None else tuple(dict.fromkeys(recipients))
        check_terms(terms, recipients=told)
        if (terms, told) == (rule.terms, people):
            return rule
        refs, sealed = items.recipients_as_kept(told, sealer=sealer)
        changed = replace(
            rule, terms=terms, recipients=refs, sealed_recipients=sealed, version=rule.version + 1, updated_at=now
        )
        rules = read_rule_set(table).counted(rule.target, by=0, low=terms.low)
        table.write(items.replace_rule(table.tenant_id, changed), *_follow(table, rules, changed))
        return changed

    return until_written(attempt)


def delete_rule(table: Table, rule_id: str, *, now: datetime, expects: Callable[[int], None] = any_version) -> None:
    """Remove a rule: what it covered goes by the next more general one.

    Raises:
        RuleUnknown: the tenant has no such rule.
        StaleVersion: `expects` says so.
        Contended: others kept changing it, or the tenant's rules.
    """

    def attempt() -> None:
        rule = read_rule(table, rule_id)
        expects(rule.version)
        rules = read_rule_set(table).counted(rule.target, by=-1, low=0)
        gone = replace(rule, version=rule.version + 1, updated_at=now)
        table.write(items.drop_rule(table.tenant_id, rule), *_follow(table, rules, gone))

    until_written(attempt)


def _follow(table: Table, rules: RuleSet, rule: Rule) -> tuple[Put, Put]:
    """What goes with every change of a rule: the counts, and that what it covers is to be looked at."""
    because = f"{rule.id}:{rule.version}:{clock.to_text(rule.updated_at)}"
    review = review_of(rule.target, because=because, changed_at=rule.updated_at)
    return items.put_rule_set(table.tenant_id, rules), put_review(table.tenant_id, review)


def _check_target(table: Table, target: Target, settings: Settings) -> None:
    if target.location_id is not None:
        if target.scope is RuleScope.STORE:
            raise Invalid.field(
                "location_id", "location_of_store", "A store has no stock of its own: leave the location out."
            )
        if target.location_id not in settings.locations:
            raise LocationUnknown("There is no such location.")
    if target.scope is RuleScope.STORE:
        settings.store(target.name)
    elif target.scope is RuleScope.VARIANT and table.get(sku_key(table.tenant_id, target.name)) is None:
        raise SkuUnknown("No variant has this SKU.")
    elif target.scope is RuleScope.PRODUCT and table.get(product_key(table.tenant_id, target.name)) is None:
        raise NotFound("There is no such product.")
