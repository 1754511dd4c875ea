from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

from appointments.models import Doctor

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    cache.clear()
    return Doctor.objects.create(name="Dr. Okafor", specialty="Cardiology")


def book(client, doctor, starts_at="2026-12-01T09:30", patient="Kim"):
    return client.post(
        f"/doctors/{doctor.pk}/appointments/",
        {"patient": patient, "starts_at": starts_at},
        content_type="application/json",
    )


def test_doctors_are_listed_and_then_come_from_the_cache(client, doctor, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/doctors/")
        assert client.get("/doctors/").json()["doctors"] == [doctor.as_dict()]


def test_a_doctor_sees_one_patient_at_a_time(client, doctor):
    assert book(client, doctor).status_code == 201
    assert book(client, doctor, patient="Lou").status_code == 409
    planned = client.get(f"/doctors/{doctor.pk}/appointments/").json()["appointments"]
    assert [entry["patient"] for entry in planned] == ["Kim"]


def test_a_day_shows_what_is_planned(client, doctor):
    book(client, doctor)
    assert len(client.get("/days/2026-12-01/").json()["appointments"]) == 1
    assert client.get("/days/2026-12-02/").json()["appointments"] == []
    assert client.get("/days/2026-13-01/").status_code == 404


def test_patients_are_reminded(client, doctor):
    book(client, doctor)
    output = StringIO()
    call_command("remind", "2026-12-01", stdout=output)
    assert output.getvalue() == "Dear Kim, Dr. Okafor expects you.\n"


def test_what_is_not_there_is_not_found(client, doctor):
    assert client.get("/doctors/999/").status_code == 404
    assert client.get("/nothing/").status_code == 404
