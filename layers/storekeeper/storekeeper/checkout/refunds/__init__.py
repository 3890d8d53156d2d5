"""Refunds: captured money goes back, in whole, in part or by line, several times, never more than was captured."""
