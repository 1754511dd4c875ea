"""Codemods that take an existing service from bare to observed, and back."""

__version__ = "0.1.0"
