"""Taxes: a store's table of rates, and what falls on goods and shipping."""
