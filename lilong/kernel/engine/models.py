"""What the engine remembers: how far it has read, what it could not handle, and the numbers committees set."""

from __future__ import annotations

from django.db import models


class Cursor(models.Model):
    """How far a reader of facts has come; it moves in the transaction of what the reader did."""

    name = models.CharField(max_length=40, primary_key=True)
    seq = models.BigIntegerField(default=0)
    day = models.DateField(null=True)  # the last Shanghai day whose passing was handled


class Failure(models.Model):
    """A fact a scenario could not handle: kept with the reason, so that nothing stops and nothing is lost."""

    seq = models.BigIntegerField()
    scenario = models.CharField(max_length=60)
    at = models.DateTimeField()
    error = models.TextField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seq", "scenario"], name="failure_once")]


class Number(models.Model):
    """A committee's own number for a scenario: added to, never edited; the newest of the nearest place counts."""

    path_follows_place = True

    scenario = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    place_id = models.BigIntegerField()
    path = models.CharField(max_length=200)
    value = models.CharField(max_length=40)  # empty: back to the scenario's own
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    why = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["scenario", "path"])]
