"""Finding products among a store's cards."""
