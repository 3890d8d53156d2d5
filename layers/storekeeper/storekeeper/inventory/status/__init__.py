"""Status: how a store stands with its stock, and what it makes of what is sold out."""
