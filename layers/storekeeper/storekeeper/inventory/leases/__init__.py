"""Leases: units of a hot SKU that one environment alone sells from, so that its orders meet no other's."""
