"""Engines: find, insert, decorate and remove in a user's source, one module family per language."""
