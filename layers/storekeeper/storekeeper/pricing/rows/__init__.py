"""Rows: what a store has several of among its settings (shipping methods, tax rates), kept and changed in one way."""
