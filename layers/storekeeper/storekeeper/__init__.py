"""Storekeeper's domain: one package, imported by every function. `docs/architecture.md` is its map."""
