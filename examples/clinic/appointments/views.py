"""The JSON API."""

import json
from datetime import date, datetime

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from appointments.models import Appointment, Doctor


@require_GET
def doctors(request):
    known = cache.get("doctors")
    if known is None:
        known = [doctor.as_dict() for doctor in Doctor.objects.order_by("name")]
        cache.set("doctors", known, timeout=60)
    return JsonResponse({"doctors": known})


@require_GET
def doctor(request, doctor_id):
    return JsonResponse(get_object_or_404(Doctor, pk=doctor_id).as_dict())


@require_GET
def day(request, day):
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise Http404("There is no such day.") from None
    found = Appointment.objects.filter(starts_at__date=wanted).order_by("starts_at")
    return JsonResponse({"appointments": [appointment.as_dict() for appointment in found]})


@method_decorator(csrf_exempt, name="dispatch")
class Appointments(View):
    def get(self, request, doctor_id):
        found = get_object_or_404(Doctor, pk=doctor_id).appointments.order_by("starts_at")
        return JsonResponse({"appointments": [appointment.as_dict() for appointment in found]})

    def post(self, request, doctor_id):
        given = json.loads(request.body)
        starts_at = timezone.make_aware(datetime.fromisoformat(given["starts_at"]))
        try:
            with transaction.atomic():
                made = get_object_or_404(Doctor, pk=doctor_id).appointments.create(
                    patient=given["patient"], starts_at=starts_at
                )
        except IntegrityError:
            return JsonResponse({"error": "Another patient comes at that time."}, status=409)
        return JsonResponse(made.as_dict(), status=201)
