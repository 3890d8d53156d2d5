"""Tracking: SKUs whose units are told apart, by serial number or by batch."""
