from django.core.management.base import BaseCommand

from items.models import Item


class Command(BaseCommand):
    help = "Import items."

    def handle(self, *args, **options):
        Item.objects.get_or_create(name="lamp", defaults={"price": 20})
