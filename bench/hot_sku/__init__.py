"""One SKU in a flash sale: how many orders a second DynamoDB's limits allow, by the number of buckets.

`python -m bench.hot_sku` runs the model: the real checkout over a table in memory that enforces those limits in
simulated time. `python -m bench.hot_sku.over_http` lets processes buy from the local stack. docs/hot-skus.md explains.
"""
