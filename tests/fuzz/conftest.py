"""Tests that try what nobody would send by mistake."""

from tests.emulated import cloud, make_store, make_tenant, now, other_table, store, table, wire
from tests.functions.conftest import make_secret

__all__ = [
    "cloud",
    "make_secret",
    "make_store",
    "make_tenant",
    "now",
    "other_table",
    "store",
    "table",
    "wire",
]
