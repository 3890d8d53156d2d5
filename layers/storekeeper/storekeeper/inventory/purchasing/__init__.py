"""Purchasing: what is ordered of suppliers, is on its way, and comes with a cost."""
