"""Transfers: units that go from one location to another, and where each of them is until all have come."""
