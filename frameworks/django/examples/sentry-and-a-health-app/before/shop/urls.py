from django.urls import include, path

urlpatterns = [
    path("health/", include("health_check.urls")),
    path("items/", include("items.urls")),
]
