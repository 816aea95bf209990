"""Reads sealed facts in order and hands each to whom it concerns, exactly once: effect and cursor move together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from lilong.kernel.engine import watch
from lilong.kernel.engine.models import Cursor, Failure
from lilong.kernel.journal import queries as journal
from lilong.kernel.journal.queries import SealedFact
from lilong.kernel.lake import actions as lake
from lilong.kit.clock import SHANGHAI

log = logging.getLogger(__name__)

NAME = "engine"
BATCH = 200  # facts a transaction: keeps the write lock short

Handler = Callable[[SealedFact, datetime], None]


def _person_erased(fact: SealedFact, at: datetime) -> None:
    """The raw rows that spoke of somebody are struck too."""
    lake.forget(fact.subject_id, by="system:engine", at=at)


HANDLERS: dict[str, Handler] = {
    "finding.opened": watch.finding_opened,
    "finding.extended": watch.finding_changed,
    "finding.shortened": watch.finding_changed,
    "finding.withdrawn": watch.finding_changed,
    "finding.cleared": watch.finding_changed,
    "ticket.closed": watch.ticket_closed,
    "absence.set": watch.absence_set,
    "absence.ended": watch.absence_ended,
    "audience.changed": watch.audience_changed,
    "number.changed": watch.number_changed,
    "person.erased": _person_erased,
}
"""Facts that are handled one by one."""

MEMBERSHIP = frozenset(
    {
        "person.added",
        "person.changed",
        "person.died",
        "person.erased",
        "residency.began",
        "residency.ended",
        "device.added",
        "device.removed",
    }
)
"""Facts that may move somebody into or out of an audience, or a meter to another home; handled together per batch."""


def run_once(*, at: datetime) -> int:
    """Handle the next batch of sealed facts; returns how many were read (0: nothing new)."""
    seq = Cursor.objects.filter(name=NAME).values_list("seq", flat=True).first() or 0
    facts = journal.after(seq, limit=BATCH)
    if not facts:
        return 0
    with transaction.atomic():
        cursor, _ = Cursor.objects.select_for_update().get_or_create(name=NAME)
        if cursor.seq != seq:
            return 0  # another engine was here first
        _handle(facts, at)
        cursor.seq = facts[-1].seq
        cursor.save(update_fields=["seq"])
    return len(facts)


def _handle(facts: Sequence[SealedFact], at: datetime) -> None:
    moved = [fact for fact in facts if fact.kind in MEMBERSHIP]
    if moved:
        _guarded(moved[-1], at, lambda _fact, when: watch.records_changed(moved, when))
    for fact in facts:
        if handler := HANDLERS.get(fact.kind):
            _guarded(fact, at, handler)


def _guarded(fact: SealedFact, at: datetime, handler: Handler) -> None:
    """Run a handler in a savepoint: what it cannot handle is kept with the reason, and the others go on."""
    try:
        with transaction.atomic():
            handler(fact, at)
    except Exception as error:
        log.exception("fact %s (%s) could not be handled", fact.seq, fact.kind)
        Failure.objects.get_or_create(
            seq=fact.seq, scenario=fact.kind, defaults={"at": at, "error": f"{type(error).__name__}: {error}"[:2000]}
        )


def pass_time(*, at: datetime) -> int:
    """What is due by the clock alone: first calls that waited long enough, and the change of day. Returns how many."""
    done = watch.contacts_over(at)
    today = at.astimezone(SHANGHAI).date()
    cursor, _ = Cursor.objects.get_or_create(name=NAME)
    if cursor.day != today:
        with transaction.atomic():
            watch.day_passed(at)
            Cursor.objects.filter(name=NAME).update(day=today)
        done += 1
    return done


def skip_to_head() -> int:
    """Count everything sealed so far as handled: for the first day, after `actions.settle` did it set-wise."""
    head = journal.head()
    with transaction.atomic():
        Cursor.objects.update_or_create(name=NAME, defaults={"seq": head})
    return head
