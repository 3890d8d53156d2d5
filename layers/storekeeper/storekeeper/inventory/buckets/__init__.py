"""Buckets: a hot SKU's level is spread over several items, so that its buyers are not in each other's way."""
