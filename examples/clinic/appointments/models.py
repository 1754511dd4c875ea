"""Doctors, and when patients see them."""

from django.db import models


class Doctor(models.Model):
    name = models.CharField(max_length=100)
    specialty = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.name} ({self.specialty})"

    def as_dict(self) -> dict[str, object]:
        return {"id": self.pk, "name": self.name, "specialty": self.specialty}


class Appointment(models.Model):
    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="appointments")
    patient = models.CharField(max_length=100)
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["doctor", "starts_at"], name="one_patient_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} with {self.doctor} at {self.starts_at:%Y-%m-%d %H:%M}"

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.pk,
            "doctor": self.doctor_id,
            "patient": self.patient,
            "starts_at": self.starts_at.isoformat(),
        }
