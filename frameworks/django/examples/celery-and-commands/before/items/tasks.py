from celery import shared_task

from items.models import Item


@shared_task
def count_items() -> int:
    return Item.objects.count()
