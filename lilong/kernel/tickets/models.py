"""Tickets and their steps: what was found, who has it, what was done, how it ended."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a ticket stands; legal moves between states are the table in `moves.py`."""

    CONTACTING = "contacting", _("联系中")
    WAITING = "waiting", _("待接单")
    ACCEPTED = "accepted", _("处置中")
    CLOSED = "closed", _("已办结")
    VOID = "void", _("已作废")


class Desk(models.TextChoices):
    """On whose desk a ticket lies."""

    OPERATIONS = "operations", _("城运中心")
    COMMITTEE = "committee", _("居委")


class Urgency(models.TextChoices):
    URGENT = "urgent", _("紧急")
    WATCH = "watch", _("关注")
    NORMAL = "normal", _("一般")


class Ticket(models.Model):
    """One matter on somebody's desk. It holds ids and words of the scenario, never a name, phone or address."""

    path_follows_place = True  # read by places when a committee is merged

    kind = models.CharField(max_length=40)
    scenario = models.CharField(max_length=60)
    field = models.CharField(max_length=40)
    title = models.CharField(max_length=200)  # the scenario's template; filled in for each viewer when read
    facts = models.JSONField(default=dict)  # numbers the title speaks of: hours, litres
    plan = models.JSONField(default=dict)  # the scenario's declaration as it stood: outcomes, no-answer chain, times
    finding_id = models.BigIntegerField(unique=True, null=True)
    home_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=200, db_index=True)
    state = models.CharField(max_length=12, choices=State, db_index=True)
    desk = models.CharField(max_length=12, choices=Desk)
    to = models.CharField(max_length=12, choices=Desk)
    urgency = models.CharField(max_length=8, choices=Urgency)
    assignee_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    contact_until = models.DateTimeField(null=True, db_index=True)
    dispatched_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    data_as_of = models.DateTimeField(null=True)
    quiet = models.BooleanField(default=False)  # somebody died: no toast, no list of successes

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["scenario", "opened_at"])]


class Step(models.Model):
    """One thing done or learnt about a ticket; added to, never edited. `key` makes a repeated call harmless."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)  # opened call no_answer dispatched accepted note data closed void
    result = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)  # somebody's words: personal information, read in scope only
    facts = models.JSONField(default=dict)
    key = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "key"], name="step_once")]
        ordering = ["id"]


class Shift(models.Model):
    """Weekly duty hours of a committee, local time; outside them the operations centre takes what comes."""

    path_follows_place = True

    path = models.CharField(max_length=200, db_index=True)  # the committee's place path
    weekday = models.SmallIntegerField()  # 0 Monday … 6 Sunday
    begins = models.TimeField()
    ends = models.TimeField()
