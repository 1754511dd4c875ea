"""Keeps books in PostgreSQL, and counts in Redis how often they are looked at."""
