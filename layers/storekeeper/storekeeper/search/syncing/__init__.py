"""Syncing: deriving all that is derived of a store's stock anew, and telling what was wrong."""
