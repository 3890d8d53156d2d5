"""What stock of 100,000 SKUs at 5 locations takes: lists, reports, reconciliation, bulk adjustments.

`make bench-inventory SKUS=1000` makes the runs a hundredth of that.
"""
