"""Customers and their orders."""

from fastapi import APIRouter, HTTPException, status
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from orders.database import SessionDep
from orders.models import Customer, Order
from orders.schemas import CustomerIn, CustomerOut, OrderOut

router = APIRouter(prefix="/customers", tags=["customers"])


@router.get("")
def list_customers(session: SessionDep, limit: int = 50) -> list[CustomerOut]:
    """List customers by name."""
    customers = session.scalars(select(Customer).order_by(Customer.name).limit(limit))
    return [CustomerOut.model_validate(customer) for customer in customers]


@router.post("", status_code=status.HTTP_201_CREATED)
def create_customer(data: CustomerIn, session: SessionDep) -> CustomerOut:
    """Add a customer."""
    customer = Customer(name=data.name, email=data.email)
    session.add(customer)
    try:
        session.commit()
    except IntegrityError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, "there is a customer with this address") from error
    return CustomerOut.model_validate(customer)


@router.get("/{customer_id}")
def get_customer(customer_id: int, session: SessionDep) -> CustomerOut:
    """Show one customer."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such customer")
    return CustomerOut.model_validate(customer)


@router.get("/{customer_id}/orders")
def list_orders_of_customer(customer_id: int, session: SessionDep) -> list[OrderOut]:
    """List one customer's orders, the newest first."""
    if session.get(Customer, customer_id) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such customer")
    orders = session.scalars(
        select(Order).where(Order.customer_id == customer_id).order_by(Order.created_at.desc())
    )
    return [OrderOut.model_validate(order) for order in orders]
