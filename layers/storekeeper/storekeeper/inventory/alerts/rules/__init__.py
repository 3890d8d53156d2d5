"""Alert rules: from how many units on a SKU, a product, a store or everything is low, and who is to be told."""
