"""Cards: products as a store's lists show them, derived from the catalog and from stock."""
