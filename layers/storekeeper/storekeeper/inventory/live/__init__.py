"""Live: changes of stock as they come, told in one order that never changes, to whoever asks what came after."""
