"""Alert rules in the table. A rule's id is a function of its target: so there is one at most, found without an index.

`SET` counts them: an environment that has read it knows for a minute which rules it need not look for.
"""

import json
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime

from storekeeper.inventory.alerts.rules.model import (
    AlertKind,
    Channel,
    Rule,
    RuleExists,
    RuleScope,
    RuleSet,
    Target,
    Terms,
    is_member,
)
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId, derived_id
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.writes import ABSENT, Delete, Put

TYPE = "alert_rule"
SET_TYPE = "alert_rule_set"
SHARDS = 4
PURPOSE = "alert_rule.recipients"
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # of ids that are derived from what never changes

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#ALERTRULE#<rule>",
        sk="RULE",
        holds="From how many units on a target is low or critical, what to reorder; who is told, sealed.",
        found_by="Its id, which is derived from its target; the merchant's list, newest first.",
        written_by="create_rule, change_rule",
        indexes={"gsi1": ("T#<tenant>#ALERTRULES#<n>", "<created at>#<rule>")},
    ),
    Entity(
        name=SET_TYPE,
        pk="T#<tenant>#ALERTRULES",
        sk="SET",
        holds="How many rules there are of each scope and location; the highest threshold.",
        found_by="The tenant; kept by environments for a minute.",
        written_by="create_rule, change_rule, delete_rule",
    ),
)


def rule_id_of(target: Target) -> str:
    """The id that the rule for a target has."""
    return derived_id("rul", target.scope, target.name, target.location_id or "", at=_ANY_TIME)


def rule_key(tenant_id: TenantId, rule_id: str) -> Key:
    """Key of a rule."""
    return Key(tenant_pk(tenant_id, "ALERTRULE", rule_id), "RULE")


def rule_set_key(tenant_id: TenantId) -> Key:
    """Key of what is known of all rules together."""
    return Key(tenant_pk(tenant_id, "ALERTRULES"), "SET")


def list_pks(tenant_id: TenantId) -> tuple[str, ...]:
    """The partitions of gsi1 that list all rules."""
    return tuple(tenant_pk(tenant_id, "ALERTRULES", str(shard)) for shard in range(SHARDS))


def recipients_as_kept(recipients: Iterable[str], *, sealer: Sealer) -> tuple[tuple[str, ...], str | None]:
    """Opaque references, of which an event may tell, and who they are, sealed. A member's id is opaque already."""
    given = list(dict.fromkeys(recipients))
    refs = (one if is_member(one) else derived_id("rcp", sealer.blind(one), at=_ANY_TIME) for one in given)
    return tuple(dict.fromkeys(refs)), sealer.seal(given, purpose=PURPOSE) if given else None


def open_recipients(rule: Rule, *, sealer: Sealer) -> tuple[str, ...]:
    """Who a rule's recipients are: e-mail addresses and members' ids."""
    return tuple(sealer.open(rule.sealed_recipients, purpose=PURPOSE)) if rule.sealed_recipients else ()


def terms_as_item(terms: Terms) -> Item:
    """As a map inside a rule or an alert."""
    return {
        "kinds": [str(kind) for kind in terms.kinds],
        "low": terms.low,
        "critical": terms.critical,
        "reorder_point": terms.reorder_point,
        "reorder_quantity": terms.reorder_quantity,
        "channels": [str(channel) for channel in terms.channels],
        "enabled": terms.enabled,
    }


def terms_from(item: Item) -> Terms:
    """From a map inside a rule or an alert."""
    return Terms(
        kinds=tuple(AlertKind(kind) for kind in item["kinds"]),
        low=item["low"],
        critical=item["critical"],
        reorder_point=item.get("reorder_point"),
        reorder_quantity=item.get("reorder_quantity"),
        channels=tuple(Channel(channel) for channel in item["channels"]),
        enabled=item["enabled"],
    )


def rule_from(item: Item) -> Rule:
    """The rule that an item holds."""
    location_id = item.get("location_id")
    return Rule(
        id=item["id"],
        target=Target(RuleScope(item["scope"]), item["name"], LocationId(location_id) if location_id else None),
        terms=terms_from(item["terms"]),
        recipients=tuple(item["recipients"]),
        sealed_recipients=item.get("sealed_recipients"),
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def _rule_item(tenant_id: TenantId, rule: Rule) -> Item:
    shard = zlib.crc32(rule.id.encode()) % SHARDS
    place = {"scope": str(rule.target.scope), "name": rule.target.name, "location_id": rule.target.location_id}
    return {
        "type": TYPE,
        "schema": 1,
        "id": rule.id,
        **place,
        "terms": terms_as_item(rule.terms),
        "recipients": list(rule.recipients),
        "sealed_recipients": rule.sealed_recipients,
        "version": rule.version,
        "created_at": clock.to_text(rule.created_at),
        "updated_at": clock.to_text(rule.updated_at),
        "gsi1pk": list_pks(tenant_id)[shard],
        "gsi1sk": joined(clock.to_text(rule.created_at), rule.id),
        "card": json.dumps({**place, "enabled": rule.terms.enabled}),
    }


def put_rule(tenant_id: TenantId, rule: Rule) -> Put:
    """A target has one rule."""
    return Put(
        rule_key(tenant_id, rule.id),
        _rule_item(tenant_id, rule),
        only_if=ABSENT,
        otherwise=RuleExists(f"There is a rule for this already: change {rule.id}."),
    )


def replace_rule(tenant_id: TenantId, rule: Rule) -> Put:
    """The next version of it."""
    return Put(
        rule_key(tenant_id, rule.id),
        _rule_item(tenant_id, rule),
        only_if="version = :version",
        values={":version": rule.version - 1},
    )


def drop_rule(tenant_id: TenantId, rule: Rule) -> Delete:
    """Refused if it changed since it was read."""
    return Delete(rule_key(tenant_id, rule.id), only_if="version = :version", values={":version": rule.version})


def rule_set_from(item: Item) -> RuleSet:
    """The counts that an item holds."""
    return RuleSet(item["counts"], item["highest"], item["version"])


def put_rule_set(tenant_id: TenantId, rules: RuleSet) -> Put:
    """The counts in place of the version before them; version 1 is the first."""
    return Put(
        rule_set_key(tenant_id),
        {
            "type": SET_TYPE,
            "schema": 1,
            "counts": dict(rules.counts),
            "highest": rules.highest,
            "version": rules.version,
        },
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": rules.version - 1},
    )
