"""Table tests run against emulated DynamoDB: it evaluates every condition, and refuses what is malformed."""

from tests.emulated import cloud, make_store, make_tenant, now, other_table, store, table, wire

__all__ = ["cloud", "make_store", "make_tenant", "now", "other_table", "store", "table", "wire"]
