"""The tenant, its API keys, its stores and their settings."""
