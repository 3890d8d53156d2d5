"""What platforms tell us: verified, queued, answered at once. Nothing is decided here."""
