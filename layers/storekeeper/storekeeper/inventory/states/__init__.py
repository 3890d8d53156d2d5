"""States: which levels and which SKUs are low, critical or out, derived so that they can be listed and told."""
