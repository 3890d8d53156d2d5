"""Does long work of tenants, step by step: each run for itself, so that a slow one delays no other."""
