"""Grants: what a buyer may fetch of an order's downloads, how often, and until when."""
