from django.urls import include, path

from shop import probes

urlpatterns = [
    path("health/", probes.health),
    path("ready/", probes.ready),
    path("items/", include("items.urls")),
]
