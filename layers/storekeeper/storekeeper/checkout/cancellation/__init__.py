"""Cancellation: an order is given up, by its shopper, its merchant or its time, and its stock goes back."""
