"""Alerts: what is low, critical or out, by the merchant's rules; told once, and not again within a day."""
