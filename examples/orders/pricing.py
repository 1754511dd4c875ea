"""A stand-in for the pricing service, for trying things out: python pricing.py [PORT]."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PRICES = {"tea-assam": "4.20", "tea-sencha": "6.80", "coffee-huila": "9.50"}
OTHERS = "1.00"


class Handler(BaseHTTPRequestHandler):
    """Answers GET /prices/SKU."""

    def do_GET(self) -> None:
        """Say what an article costs; what is not on the list costs 1.00."""
        found = self.path.startswith("/prices/")
        sku = self.path.rpartition("/")[2]
        answer = {"sku": sku, "unit_price": PRICES.get(sku, OTHERS)} if found else {"detail": "not found"}
        body = json.dumps(answer).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def main() -> None:
    """Serve until interrupted."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8900
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
