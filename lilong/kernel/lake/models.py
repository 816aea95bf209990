"""What was delivered, how far each file has been taken, where each row went, and the rows that wait for correction."""

from __future__ import annotations

from django.db import models


class Delivery(models.Model):
    """One file of one kind, known by its digest; `rows_done` moves with each chunk, in the chunk's own transaction."""

    STATES = [("taking", "导入中"), ("complete", "已完成"), ("refused", "已拒收")]

    kind = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=STATES, default="taking")
    reason = models.CharField(max_length=400, blank=True)
    rows = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class Origin(models.Model):
    """Which row of which file spoke of a subject: every value can be traced to it, and forgetting finds it.

    A row of an erased person says `forgotten`, and nobody.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="origins")
    row = models.IntegerField()
    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="origin_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} from row {self.row} of {self.delivery_id}"


class Quarantine(models.Model):
    """A row that could not be taken: the field, the reason, and the raw row, sealed, until somebody corrects it."""

    STATES = [("waiting", "待更正"), ("released", "已放行"), ("dropped", "已作废")]

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="quarantine")
    row = models.IntegerField()
    field = models.CharField(max_length=64)
    reason = models.CharField(max_length=400)
    raw_cipher = models.BinaryField(null=True)
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "row"], name="quarantine_once")]

    def __str__(self) -> str:
        return f"row {self.row} of {self.delivery_id}: {self.field}"
