"""What shoppers read: a store's settings, products, categories and collections, by the store's domain."""
