"""Listings: that, and how, a store shows a product."""
