"""What every context stands on: money, ids, time, errors, keys, the table gateway, paging, idempotency, limits.

Import the module you need (`from storekeeper.kernel.money import Money`); this package re-exports nothing, so that a
function loads only what it uses.
"""
