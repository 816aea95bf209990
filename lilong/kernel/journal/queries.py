"""Reading the journal: everybody follows `seq`, the dense number of the seal, never the primary key."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from lilong.kernel.journal.models import Fact, ReadEntry, Seal


@dataclass(frozen=True, slots=True)
class SealedFact:
    """One fact with its place in the chain; `seq` is 0 while it waits for its seal (`about` alone shows such)."""

    seq: int
    id: int
    kind: str
    subject_kind: str
    subject_id: int
    by: str
    at: datetime
    path: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """One look at somebody's clear data: whose, who, when, which fields, for what purpose, by which page."""

    id: int
    subject_kind: str
    subject_id: int
    by: str
    at: datetime
    fields: tuple[str, ...]
    purpose: str
    path: str
    route: str


_RECENT = 2_000
_FIELDS = ("id", "kind", "subject_kind", "subject_id", "by", "at", "path", "data")


def after(seq: int, *, limit: int = 500, kinds: Collection[str] | None = None) -> list[SealedFact]:
    """The sealed facts behind `seq`, in order, at most `limit`.

    With `kinds` the others are left out; a reader that keeps its place asks `head()` first, so that an empty answer
    lets it move there instead of searching the same stretch again.
    """
    seals = Seal.objects.filter(seq__gt=seq)
    if kinds is not None:
        seals = seals.filter(fact__kind__in=list(kinds))
    found = seals.order_by("seq").values_list("seq", *(f"fact__{name}" for name in _FIELDS))[:limit]
    return [_told(row) for row in found]


def head() -> int:
    """The number of the last sealed fact; 0 when there is none."""
    return Seal.objects.aggregate(last=Max("seq"))["last"] or 0


def about(subject: tuple[str, int], *, limit: int = 200) -> list[SealedFact]:
    """What happened to one subject, newest first, with facts of this moment that are not sealed yet (`seq` 0)."""
    facts = Fact.objects.filter(subject_kind=subject[0], subject_id=subject[1]).order_by("-id")
    found = facts.values_list("seal__seq", *_FIELDS)[:limit]
    return [_told(row) for row in found]


def reads_of(subject: tuple[str, int], *, limit: int = 200) -> list[Read]:
    """Who looked at this subject, newest first: what a resident is shown."""
    return _reads(ReadEntry.objects.filter(subject_kind=subject[0], subject_id=subject[1]), limit)


def reads(
    *, by: str = "", paths: Collection[str] | None = None, before: int | None = None, limit: int = 100
) -> list[Read]:
    """All looks, newest first, or those of one signature, or at what lies under these place paths alone.

    `before` is the last id of the page before.
    """
    entries = ReadEntry.objects.filter(by=by) if by else ReadEntry.objects.all()
    if paths is not None:
        under = Q(pk__in=[])
        for path in paths:
            under |= Q(path__startswith=path)
        entries = entries.filter(under)
    return _reads(entries if before is None else entries.filter(fact_id__lt=before), limit)


def unsealed(*, limit: int = 1_000) -> tuple[int, datetime | None]:
    """How many of the latest facts wait for their seal, counted up to `limit`, and the time of the oldest of them.

    For the health page: it looks behind the last 2,000 seals. `verify` looks at all, and names what waits for ever.
    """
    long_sealed = Seal.objects.order_by("-seq").values_list("fact_id", flat=True)[_RECENT : _RECENT + 1].first() or 0
    # two short stretches compared here: asked as one join, PostgreSQL reads every seal there is
    sealed = set(Seal.objects.filter(fact_id__gt=long_sealed).values_list("fact_id", flat=True))
    latest = Fact.objects.filter(id__gt=long_sealed).order_by("-id").values_list("id", "at")[: _RECENT + limit]
    times = [at for fact, at in latest if fact not in sealed][:limit]
    return len(times), min(times, default=None)


def _reads(entries: QuerySet[ReadEntry], limit: int) -> list[Read]:
    return [
        Read(
            e.fact_id, e.subject_kind, e.subject_id, e.by, e.at, tuple(e.fields.split(",")), e.purpose, e.path, e.route
        )
        for e in entries.order_by("-fact_id")[:limit]
    ]


def _told(row: tuple[Any, ...]) -> SealedFact:
    seq, fact, kind, subject_kind, subject_id, by, at, path, data = row
    return SealedFact(seq or 0, fact, kind, subject_kind, subject_id, by, at, path, json.loads(data))
