"""The merchant's orders: lists, figures, one order and what lies beside it, fulfillment, money."""
