"""Orders: who ordered what, and what it costs."""
