"""Saved filters and who is in them now, so that a watch need not ask 100,000 people each time a meter speaks."""

from django.db import models


class Audience(models.Model):
    """A filter that somebody gave a name, kept answered."""

    name = models.CharField(max_length=120, unique=True)
    text = models.TextField()
    subject = models.CharField(max_length=30, default="person")
    defined_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """One subject of whom the filter is known to be true; *unknown* is no membership."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="members")
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "subject_id"], name="audiences_member_once")]
        indexes = [models.Index(fields=["subject_id"], name="audiences_member_subject")]

    def __str__(self) -> str:
        return f"{self.audience_id}:{self.subject_id}"
