"""Puts load on the service: each user asks for the paths of LOAD_PATHS, one after the other.

Write a user of your own for what your service really does: https://docs.locust.io/en/stable/writing-a-locustfile.html
The run fails (exit code 1) when a request does.
"""

from __future__ import annotations

import os
import sys

from locust import FastHttpUser, between, task


PATHS = [path for path in os.environ.get("LOAD_PATHS", "").split(",") if path]
if not PATHS:
    sys.exit("LOAD_PATHS is empty; name paths of the service: LOAD_PATHS=/one,/another")


class Visitor(FastHttpUser):
    """Asks, waits a moment, and asks again."""

    wait_time = between(0.05, 0.2)

    @task
    def visit(self) -> None:
        """Ask for every path once."""
        for path in PATHS:
            self.client.get(path)
