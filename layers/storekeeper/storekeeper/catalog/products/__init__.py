"""Products with their variants and images: one aggregate, whose version counts every change of any of them."""
