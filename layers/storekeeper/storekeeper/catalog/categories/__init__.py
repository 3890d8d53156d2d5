"""Categories: each store's own tree of them."""
