"""What only the operator does, by invoking the function: founding tenants, and repairs."""
