"""What Storekeeper takes: processor time, round trips, capacity units, cold start, archives, and AWS's price of a sale.

`python -m bench` measures everything against an emulator of its own and prints a table; docs/bench.md says under which
conditions, and what the figures mean.
"""
