"""Readers of the files that test runners, linters and audits leave behind. A format is told by its content."""
