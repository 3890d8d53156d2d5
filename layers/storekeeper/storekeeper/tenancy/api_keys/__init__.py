"""API keys: what a program of the merchant may do with us."""
