"""A service to measure."""
