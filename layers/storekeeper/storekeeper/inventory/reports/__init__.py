"""Reports: what stock is worth, how it moves, ages and sells, as of any instant; and a snapshot of each day."""
