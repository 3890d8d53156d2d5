"""Stores: where a tenant sells. A store is reached by its domains, each of which is one store's in the whole system."""
