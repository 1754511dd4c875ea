"""Routes of the appointments."""

from django.urls import path, re_path

from appointments import views

urlpatterns = [
    path("doctors/", views.doctors),
    path("doctors/<int:doctor_id>/", views.doctor),
    path("doctors/<int:doctor_id>/appointments/", views.Appointments.as_view()),
    re_path(r"^days/(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})/$", views.day),
]
