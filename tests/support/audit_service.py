"""A stand-in for the services that pip-audit and npm ask for known vulnerabilities, which are not reachable from everywhere."""

from __future__ import annotations

import json
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def _vulnerability(name: str, version: str) -> dict[str, Any]:
    """One entry of https://ossf.github.io/osv-schema/."""
    package = {"name": name, "ecosystem": "PyPI"}
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}]
    return {
        "id": "PYSEC-2026-1",
        "aliases": ["CVE-2026-0001"],
        "summary": "An example.",
        "modified": "2026-11-01T00:00:00Z",
        "affected": [{"package": package, "ranges": ranges, "versions": [version]}],
    }


@contextmanager
def audit_service(vulnerable: str = "") -> Iterator[dict[str, str]]:
    """Serve, and yield the environment variables that lead pip-audit and npm here.

    Args:
        vulnerable: The one Python package, of whatever version, that has a known vulnerability.
    """
    registry = subprocess.run(
        ["npm", "config", "get", "registry"], capture_output=True, text=True, check=True
    ).stdout.strip()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer: dict[str, Any] = {}
            if self.path == "/v1/query":
                asked = json.loads(body)
                if asked["package"]["name"] == vulnerable:
                    answer["vulns"] = [_vulnerability(vulnerable, asked["version"])]
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def do_GET(self) -> None:
            # Packages themselves come from where they always come from.
            self.send_response(302)
            self.send_header("location", registry.rstrip("/") + self.path)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield {
            "PIP_AUDIT_VULNERABILITY_SERVICE": "osv",
            "PIP_AUDIT_OSV_URL": f"{url}/v1/query",
            "npm_config_registry": f"{url}/",
        }
    finally:
        server.shutdown()
        server.server_close()
