"""One endpoint that does nothing, and one that asks a database."""

from django.db import connection
from django.http import JsonResponse
from django.urls import path


def plain(request, number):
    return JsonResponse({"number": number})


def query(request, number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [number])
        return JsonResponse({"number": cursor.fetchone()[0]})


urlpatterns = [path("plain/<int:number>", plain), path("query/<int:number>", query)]
