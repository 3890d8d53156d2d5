"""Serials: units that each have a number, and what became of each."""
