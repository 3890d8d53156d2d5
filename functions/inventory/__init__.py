"""Stock: levels, adjustments, movements; and the locations where it lies."""
