"""Takes letters in."""
