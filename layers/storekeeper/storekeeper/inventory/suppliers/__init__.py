"""Suppliers: whom a merchant buys from, and under which terms."""
