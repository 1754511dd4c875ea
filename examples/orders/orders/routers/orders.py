"""Orders, priced by the pricing service."""

import logging

from fastapi import APIRouter, HTTPException, status
from sqlalchemy import select

from orders.database import SessionDep
from orders.models import Customer, Order
from orders.prices import PricingDep, unit_price
from orders.schemas import OrderIn, OrderOut, Quote

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/orders", tags=["orders"])


@router.get("")
def list_orders(session: SessionDep, limit: int = 50) -> list[OrderOut]:
    """List orders, the newest first."""
    orders = session.scalars(select(Order).order_by(Order.created_at.desc()).limit(limit))
    return [OrderOut.model_validate(order) for order in orders]


@router.post("", status_code=status.HTTP_201_CREATED)
def create_order(data: OrderIn, session: SessionDep, pricing: PricingDep) -> OrderOut:
    """Take an order at today's price."""
    if session.get(Customer, data.customer_id) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such customer")
    order = Order(**data.model_dump(), unit_price=unit_price(pricing, data.sku))
    session.add(order)
    session.commit()
    logger.info("order %s: %s x %s", order.id, order.quantity, order.sku)
    return OrderOut.model_validate(order)


@router.get("/quote/{sku}")
def get_quote(sku: str, pricing: PricingDep) -> Quote:
    """Say what an article costs today."""
    price = unit_price(pricing, sku)
    logger.info("quote for %s: %s", sku, price)
    return Quote(sku=sku, unit_price=price)


@router.get("/{order_id}")
def get_order(order_id: int, session: SessionDep) -> OrderOut:
    """Show one order."""
    return OrderOut.model_validate(_order(session, order_id))


@router.post("/{order_id}/cancel")
def cancel_order(order_id: int, session: SessionDep) -> OrderOut:
    """Cancel an order; what is cancelled stays cancelled."""
    order = _order(session, order_id)
    order.status = "cancelled"
    session.commit()
    return OrderOut.model_validate(order)


def _order(session: SessionDep, order_id: int) -> Order:
    order = session.get(Order, order_id)
    if order is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such order")
    return order
