"""The product on services that nobody here wrote."""
