"""Tenants: who sells with us. A tenant owns stores, locations, keys, and everything else."""
