"""What may be asked of sensing: findings within a viewer's scope, readings from the log, the state of streams."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from lilong.kernel.access.scope import limit
from lilong.kernel.access.viewer import Viewer

from . import history
from .findings import to_moment
from .history import Ints
from .models import AsideCount, Binding, Finding, Stream


@dataclass(frozen=True)
class FindingRow:
    """One finding as it stands. Times aware UTC; `hours` of the episode, `litres` used in it."""

    id: int
    watch: str
    kind: str
    state: str
    stream_id: int
    subject_kind: str
    subject_id: int
    home_id: int | None
    path: str
    start: datetime
    end: datetime
    hours: float
    litres: float | None
    data_as_of: datetime
    opened_at: datetime
    changed_at: datetime
    evidence: dict[str, Any]


@dataclass(frozen=True)
class StreamRow:
    """One stream: who sends it, how often, and the newest reading taken from it."""

    id: int
    device_id: int
    device_code: str
    kind: str
    unit: str
    home_id: int | None
    path: str
    every_s: int
    delivery: str
    newest_time: datetime | None
    newest_value: float | None
    received_at: datetime | None


@dataclass(frozen=True)
class Reading:
    """One reading: time aware UTC, value in the stream's unit, when it was received."""

    time: datetime
    value: float
    received_at: datetime


def findings(
    viewer: Viewer,
    *,
    states: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    watch: str | None = None,
    home_ids: Collection[int] | None = None,
    opened_since: datetime | None = None,
    count: int = 500,
) -> list[FindingRow]:
    """The findings a viewer may see, newest first."""
    rows = limit(Finding.objects.all(), viewer, field="path")
    wanted = {"state__in": states, "kind__in": kinds, "watch": watch, "home_id__in": home_ids}
    rows = rows.filter(**{key: value for key, value in wanted.items() if value is not None})
    if opened_since is not None:
        rows = rows.filter(opened_at__gte=opened_since)
    return [_finding_row(f) for f in rows.order_by("-opened_at", "-id")[:count]]


def finding(viewer: Viewer, finding_id: int) -> FindingRow | None:
    """One finding, or None when there is none in the viewer's scope."""
    found = limit(Finding.objects.filter(pk=finding_id), viewer, field="path").first()
    return _finding_row(found) if found else None


def streams_of(home_ids: Collection[int], kind: str) -> dict[int, list[StreamRow]]:
    """The streams of a kind that stand in each home; homes without one are absent. For machines: no viewer."""
    rows: dict[int, list[StreamRow]] = {}
    wanted = list(home_ids)
    for start in range(0, len(wanted), 5000):
        part = Stream.objects.filter(home_id__in=wanted[start : start + 5000], kind=kind, removed_at__isnull=True)
        for stream in part.order_by("id"):
            assert stream.home_id is not None
            rows.setdefault(stream.home_id, []).append(_stream_row(stream))
    return rows


def stream_status(viewer: Viewer) -> list[StreamRow]:
    """Every standing stream in the viewer's scope with the age of its data, by device code."""
    standing = Stream.objects.filter(removed_at__isnull=True)
    return [_stream_row(s) for s in limit(standing, viewer, field="path").order_by("device_code", "kind")]


def streams(ids: Collection[int]) -> dict[int, StreamRow]:
    """Streams by id. For machines: no viewer."""
    return {s.pk: _stream_row(s) for s in Stream.objects.filter(pk__in=ids)}


def series(stream_ids: Collection[int], since: datetime) -> dict[int, tuple[Ints, Ints]]:
    """The readings of each stream since then, from the log in one pass; streams without any are absent. No viewer.

    Two int64 arrays of shape (n,), as the detectors take them: times in microseconds since 1970, rising, each once, and
    values in thousandths of the unit.
    """
    return {stream: (times, values) for stream, times, values, _ in history.of(settings.LILONG_HOME, stream_ids, since)}


def recent_readings(stream_id: int, since: datetime) -> list[Reading]:
    """The readings of one stream since then, oldest first, each time once. For machines: no viewer."""
    return [
        Reading(to_moment(time), value / 1000, to_moment(received))
        for _, *columns in history.of(settings.LILONG_HOME, [stream_id], since)
        for time, value, received in zip(*(column.tolist() for column in columns), strict=True)
    ]


def bound_subjects(watch: str) -> set[int]:
    """Ids of the subjects the watch looks after now."""
    return set(_standing(watch).values_list("subject_id", flat=True))


def bound_params(watch: str) -> dict[int, dict[str, Any]]:
    """The numbers in force for each stream the watch looks at now."""
    return dict(_standing(watch).values_list("stream_id", "params"))


def aside_counts(since: datetime) -> Sequence[tuple[str, str, int]]:
    """How many readings were put aside since that day: (device code, reason, how many), most first."""
    totals: dict[tuple[str, str], int] = {}
    for row in AsideCount.objects.filter(day__gte=since.date()):
        key = (row.device_code, row.reason)
        totals[key] = totals.get(key, 0) + row.n
    return [(code, reason, n) for (code, reason), n in sorted(totals.items(), key=lambda kv: -kv[1])]


def _standing(watch: str) -> QuerySet[Binding]:
    return Binding.objects.filter(watch=watch, until__isnull=True)


def _finding_row(found: Finding) -> FindingRow:
    return FindingRow(**{name: getattr(found, name) for name in FindingRow.__dataclass_fields__})


def _stream_row(stream: Stream) -> StreamRow:
    return StreamRow(**{name: getattr(stream, name) for name in StreamRow.__dataclass_fields__})
