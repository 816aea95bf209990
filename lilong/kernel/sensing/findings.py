"""The one writer of findings: makes the database equal to what the detectors see, with a fact for every change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from lilong.analysis.episodes import Episode
from lilong.kernel.journal import actions as journal
from lilong.kernel.journal.actions import NewFact

from .models import Binding, Finding
from .params import MICROSECOND, WatchParams
from .reconciling import GOING_ON, Bounds, Change, Row, changes

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 200  # watched streams in one transaction
_CHANGED = ["state", "start", "end", "hours", "litres", "data_as_of", "opened_at", "changed_at", "evidence"]


@dataclass(frozen=True)
class View:
    """What one watch sees in one stream: every episode that is not settled and written. Times in microseconds."""

    watch: str
    stream_id: int
    episodes: tuple[Episode, ...]
    settled: int
    known_from: int | None
    as_of: int | None


def reconcile(views: Sequence[View], *, at: datetime) -> int:
    """Make the findings of these watched streams equal to the views, in one transaction; how many changed.

    A watch that no binding asks for any more changes nothing.
    """
    with transaction.atomic():
        pairs = {(v.watch, v.stream_id): v for v in views}
        bindings = _bindings(pairs)
        rows = _rows(pairs)
        todo = [
            (bindings[pair], pairs[pair], rows[pair], change)
            for pair, bound in bindings.items()
            for change in changes(
                [_row(f) for f in _ours(rows[pair].values(), bound)], pairs[pair].episodes, _bounds(pairs[pair], bound)
            )
        ]
        written = [(change, _applied(change, bound, view, known, at)) for bound, view, known, change in todo]
        _save(written)
        journal.write_many([fact for change, found in written for fact in _facts(change, found, at)])
    return len(written)


def let_go(pairs: Collection[tuple[str, int]], *, by: str, at: datetime, why: str) -> int:
    """Clear what is going on in streams that a watch no longer looks at for anybody; how many findings."""
    if not pairs:
        return 0
    still = set(_bindings(pairs))
    going = [
        found
        for found in Finding.objects.filter(_among(pairs), state__in=GOING_ON)
        if (found.watch, found.stream_id) not in still
    ]
    for found in going:
        found.state, found.changed_at = "cleared", at
    Finding.objects.bulk_update(going, ["state", "changed_at"])
    journal.write_many([_fact("finding.cleared", found, by, at, {"why": why or "unbound"}) for found in going])
    return len(going)


def to_moment(time: int) -> datetime:
    """Microseconds since 1970 as an aware moment."""
    return EPOCH + timedelta(microseconds=time)


def to_us(moment: datetime) -> int:
    """An aware moment as whole microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def _among(pairs: Collection[tuple[str, int]]) -> Q:
    """Rows of these (watch, stream) pairs, and perhaps of a few other watches over the same streams."""
    return Q(stream_id__in={s for _, s in pairs}, watch__in={w for w, _ in pairs})


def _bindings(pairs: Collection[tuple[str, int]]) -> dict[tuple[str, int], list[Binding]]:
    """The standing bindings of each pair, oldest first; they cannot end while we write."""
    found: dict[tuple[str, int], list[Binding]] = defaultdict(list)
    for binding in Binding.objects.select_for_update().filter(_among(pairs), until__isnull=True).order_by("id"):
        if (pair := (binding.watch, binding.stream_id)) in pairs:
            found[pair].append(binding)
    return found


def _rows(views: dict[tuple[str, int], View]) -> dict[tuple[str, int], dict[int, Finding]]:
    """The findings each view may touch: those that go on, and those that end within its reach."""
    found: dict[tuple[str, int], dict[int, Finding]] = defaultdict(dict)
    reach = {pair: min([v.settled, *(e.start for e in v.episodes)]) for pair, v in views.items()}
    earliest = to_moment(max(min(reach.values()), 0))  # nothing settled yet reaches back to the beginning
    going = Q(state__in=GOING_ON)
    for row in Finding.objects.filter(_among(views)).filter(going | Q(end__gte=earliest)).exclude(state="withdrawn"):
        pair = (row.watch, row.stream_id)
        if pair in views and (row.state in GOING_ON or to_us(row.end) >= reach[pair]):
            found[pair][row.pk] = row
    return found


def _ours(rows: Iterable[Finding], bound: Sequence[Binding]) -> list[Finding]:
    """What goes on, whoever it was found for, and what was found for those it is watched for now."""
    subjects = {(b.subject_kind, b.subject_id) for b in bound}
    return [f for f in rows if f.state in GOING_ON or (f.subject_kind, f.subject_id) in subjects]


def _row(found: Finding) -> Row:
    cut = bool(found.evidence.get("cut"))
    return Row(found.pk, found.kind, found.state, to_us(found.start), to_us(found.end), cut)


def _bounds(view: View, bound: Sequence[Binding]) -> Bounds:
    params = WatchParams.from_toml(bound[0].params)
    patience = (("silence", params.silence_for), ("no_data", params.no_data))
    judged = [b.judged_from for b in bound]
    quiet = [b.quiet_until for b in bound if b.quiet_until]
    return Bounds(
        settled=view.settled,
        judged_from=None if None in judged else to_us(min(j for j in judged if j)),
        known_from=view.known_from,
        quiet_until=to_us(max(quiet)) if quiet else None,
        newest=view.as_of,
        patience=tuple((kind, span // MICROSECOND) for kind, span in patience if span),
    )


def _applied(change: Change, bound: Sequence[Binding], view: View, known: dict[int, Finding], at: datetime) -> Finding:
    """The finding as the change leaves it, not yet saved."""
    first, episode = bound[0], change.episode
    found = (
        known[change.row.id]
        if change.row
        else Finding(
            watch=view.watch,
            stream_id=view.stream_id,
            kind=episode.kind,
            subject_kind=first.subject_kind,
            subject_id=first.subject_id,
            home_id=first.home_id,
            path=first.path,
        )
    )
    if change.what in {"opened", "quiet"}:
        found.opened_at = at
    found.state, found.changed_at = change.state, at
    found.data_as_of = to_moment(view.as_of) if view.as_of is not None else found.opened_at
    if change.what != "withdrawn":
        found.start, found.end = to_moment(episode.start), to_moment(episode.end)
        found.hours, found.litres = episode.hours, episode.used
        found.evidence = _evidence(change, first)
    return found


def _evidence(change: Change, binding: Binding) -> dict[str, Any]:
    episode = change.episode
    levels = {"from": episode.start_value / 1000, "to": episode.end_value / 1000}
    return {"levels": levels, "rule": episode.rule, "numbers": binding.params, "cut": change.cut}


def _save(written: Sequence[tuple[Change, Finding]]) -> None:
    """Rows that end go first: one episode of a kind goes on at a time, and the database holds us to it."""
    known = [(c, f) for c, f in written if c.row]
    for going_on in (False, True):
        Finding.objects.bulk_update([f for c, f in known if (c.state in GOING_ON) == going_on], _CHANGED)
    Finding.objects.bulk_create([f for c, f in written if c.row is None])


def _facts(change: Change, found: Finding, at: datetime) -> list[NewFact]:
    by = f"scenario:{found.watch}"
    was_quiet = change.row is not None and change.row.state == "quiet" and change.what != "opened"
    if change.what == "quiet" or was_quiet:
        return [_fact("finding.quiet", found, by, at, {"change": "opened" if change.what == "quiet" else change.what})]
    if change.what == "opened" and found.state == "cleared":
        return [_fact(f"finding.{what}", found, by, at, {"past": True}) for what in ("opened", "cleared")]
    return [_fact(f"finding.{change.what}", found, by, at, {})]


def _fact(kind: str, found: Finding, by: str, at: datetime, more: dict[str, Any]) -> NewFact:
    data = {
        "watch": found.watch,
        "kind": found.kind,
        "state": found.state,
        "stream": found.stream_id,
        "home": found.home_id,
        found.subject_kind: found.subject_id,
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "hours": round(found.hours, 3),
        "litres": None if found.litres is None else round(found.litres, 3),
        "as_of": found.data_as_of.isoformat(),
        **more,
    }
    return NewFact(kind, subject=("finding", found.pk), by=by, at=at, path=found.path, data=data)
