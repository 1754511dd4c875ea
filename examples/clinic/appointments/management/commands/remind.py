"""Remind patients of what they have planned for a day."""

from datetime import date

from django.core.management.base import BaseCommand

from appointments.models import Appointment


class Command(BaseCommand):
    help = "Remind patients of their appointments on a day."

    def add_arguments(self, parser):
        parser.add_argument("day", type=date.fromisoformat)

    def handle(self, *, day, **options):
        for appointment in Appointment.objects.filter(starts_at__date=day).select_related("doctor"):
            self.stdout.write(f"Dear {appointment.patient}, {appointment.doctor.name} expects you.")
