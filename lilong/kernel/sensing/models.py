"""What sensing keeps: who sends which stream, who watches it, what was found, and what had to be put aside."""

from __future__ import annotations

from django.db import models

FINDING_KINDS = ("silence", "excess", "no_data", "meter_reset")
FINDING_STATES = ("open", "quiet", "cleared", "withdrawn")  # quiet: nobody is told, the home is known to be empty


class Stream(models.Model):
    """One series of readings of one device: the unit of order, lateness and detection."""

    path_follows_place = True  # read by places when a committee is merged

    device_id = models.BigIntegerField()
    device_code = models.CharField(max_length=64)
    parent_code = models.CharField(max_length=64, blank=True)  # the gateway that may send for this device
    kind = models.CharField(max_length=40)  # water_volume: cumulative litres
    unit = models.CharField(max_length=16)
    home_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=160)
    every_s = models.IntegerField()
    delivery = models.CharField(max_length=10, choices=[("live", "live"), ("nightly", "nightly")])
    lateness_s = models.IntegerField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    newest_time = models.DateTimeField(null=True)
    newest_value = models.FloatField(null=True)
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device_code", "kind"], name="stream_once_per_device_and_kind")]
        indexes = [models.Index(fields=["home_id", "kind"], name="stream_home")]

    def __str__(self) -> str:
        return f"{self.device_code}/{self.kind}"


class Binding(models.Model):
    """One watch looking at one stream on behalf of one subject, with the numbers that hold for that place.

    Two subjects in one home are two bindings and one watched stream: its findings name the subject bound first.
    """

    path_follows_place = True

    watch = models.CharField(max_length=64)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    home_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=160)
    params = models.JSONField()
    look_from = models.DateTimeField(null=True)  # readings before it are not looked at
    judged_from = models.DateTimeField(null=True)  # what had ended by then, these numbers are not held against
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "stream", "subject_kind", "subject_id"],
                condition=models.Q(until__isnull=True),
                name="binding_once_while_it_lasts",
            )
        ]
        indexes = [models.Index(fields=["watch", "home_id"], name="binding_home")]

    def __str__(self) -> str:
        return f"{self.watch} on {self.stream_id} for {self.subject_kind} {self.subject_id}"


class Finding(models.Model):
    """One episode that a watch found in one stream. Its row follows what the data show, within the lateness."""

    path_follows_place = True

    watch = models.CharField(max_length=64)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in FINDING_KINDS])
    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    home_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=160)
    state = models.CharField(max_length=12, choices=[(s, s) for s in FINDING_STATES])
    start = models.DateTimeField()
    end = models.DateTimeField()
    hours = models.FloatField()
    litres = models.FloatField(null=True)
    data_as_of = models.DateTimeField()
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "stream", "kind"],
                condition=models.Q(state__in=["open", "quiet"]),
                name="finding_once_while_it_lasts",
            )
        ]
        indexes = [
            models.Index(fields=["stream", "watch", "end"], name="finding_stream_end"),
            models.Index(fields=["state", "path"], name="finding_state_path"),
            models.Index(fields=["home_id", "opened_at"], name="finding_home"),
        ]

    def __str__(self) -> str:
        return f"finding {self.pk} {self.kind} {self.state}"


class AsideCount(models.Model):
    """How many readings of one device were put aside on one day, by reason; the readings lie in the aside files."""

    day = models.DateField()
    device_code = models.CharField(max_length=64)
    reason = models.CharField(max_length=32)
    n = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "device_code", "reason"], name="aside_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.device_code} {self.reason}: {self.n}"


class Revision(models.Model):
    """Counts every change of streams and bindings, so that the intake process sees in one row that it must look."""

    name = models.CharField(max_length=16, primary_key=True)
    n = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.n}"
