"""Tells the event bus what has happened, from the table's changes."""
