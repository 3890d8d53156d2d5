"""What shoppers read: a store's settings, products and categories, by the store's domain."""
