"""Levels: stock of one SKU at one location."""
