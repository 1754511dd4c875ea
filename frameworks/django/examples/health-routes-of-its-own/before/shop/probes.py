from django.db import connection
from django.http import HttpRequest, HttpResponse


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def ready(request: HttpRequest) -> HttpResponse:
    connection.ensure_connection()
    return HttpResponse("ok")
