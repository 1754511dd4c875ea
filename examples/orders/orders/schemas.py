"""What goes over the wire."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class CustomerIn(BaseModel):
    """A new customer."""

    name: str = Field(min_length=1, max_length=80)
    email: str = Field(pattern=r"^\S+@\S+$", max_length=120, examples=["ada@example.org"])


class CustomerOut(CustomerIn):
    """A customer as stored."""

    model_config = ConfigDict(from_attributes=True)

    id: int


class OrderIn(BaseModel):
    """A new order; the price is looked up."""

    customer_id: int
    sku: str = Field(min_length=1, max_length=40, examples=["tea-assam"])
    quantity: int = Field(ge=1, le=1000)


class OrderOut(OrderIn):
    """An order as stored."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    unit_price: Decimal
    total: Decimal
    status: str
    created_at: datetime


class Quote(BaseModel):
    """Today's price of an article."""

    sku: str
    unit_price: Decimal
