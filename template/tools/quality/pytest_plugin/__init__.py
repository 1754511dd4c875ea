"""On the path of timed pytest runs, and nothing else of this tool with it."""
