"""Locations: the places where stock lies. One of them is the default."""
