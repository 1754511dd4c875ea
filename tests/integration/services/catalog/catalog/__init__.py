"""Products, their cache and their prices."""
