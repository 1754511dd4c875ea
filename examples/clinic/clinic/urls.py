"""What the service answers."""

from django.urls import include, path

urlpatterns = [
    path("", include("appointments.urls")),
]
