"""Collects the evidence of a commit, scores it, compares it and decides: ``python tools/quality --help``."""
