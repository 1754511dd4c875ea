"""What an item costs."""

from decimal import Decimal

from items.models import Item
from shop.instrumentation.spans import traced


@traced
def final_price(item: Item, discount: Decimal) -> Decimal:
    return item.price * (1 - discount)
