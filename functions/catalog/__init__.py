"""The merchant's catalog: products, variants, images, listings, categories, collections."""
