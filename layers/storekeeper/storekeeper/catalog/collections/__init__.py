"""Collections: products that a store's merchant picked by hand, in an order of their own."""
