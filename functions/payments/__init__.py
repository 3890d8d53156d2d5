"""Payment events from the queue: each is a reason to ask the provider what is true of an order."""
