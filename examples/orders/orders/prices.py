"""The client of the pricing service."""

import os
from decimal import Decimal
from typing import Annotated

import httpx
from fastapi import Depends, HTTPException, Request, status

PRICING_URL = os.environ.get("PRICING_URL", "http://127.0.0.1:8900")


def make_client() -> httpx.Client:
    """Make a client of the pricing service."""
    return httpx.Client(base_url=PRICING_URL, timeout=2.0)


def get_client(request: Request) -> httpx.Client:
    """Give a request the service's client."""
    client: httpx.Client = request.app.state.pricing
    return client


PricingDep = Annotated[httpx.Client, Depends(get_client)]


def unit_price(client: httpx.Client, sku: str) -> Decimal:
    """Ask for today's price of an article.

    Raises:
        HTTPException: 404 for an unknown article, 502 when the pricing service does not answer as it should.
    """
    try:
        response = client.get(f"/prices/{sku}")
        if response.status_code == status.HTTP_404_NOT_FOUND:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"no such article: {sku}")
        response.raise_for_status()
    except httpx.HTTPError as error:
        raise HTTPException(status.HTTP_502_BAD_GATEWAY, "the pricing service does not answer") from error
    return Decimal(response.json()["unit_price"])
