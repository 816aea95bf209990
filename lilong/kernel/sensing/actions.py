"""What may be done to streams and to the watches over them; findings are written by `findings.py` alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from lilong.kernel.journal import actions as journal
from lilong.kernel.journal.actions import NewFact
from lilong.kernel.registry import queries as registry

from . import findings, kinds
from .models import Binding, Revision, Stream
from .params import WatchParams


@dataclass(frozen=True)
class BindingRow:
    """One stream to watch for one subject. `params` is the watch's table with the numbers that hold there."""

    stream_id: int
    subject_id: int
    params: Mapping[str, Any]
    subject_kind: str = "person"
    look_from: datetime | None = None  # readings before it are not looked at
    quiet_until: datetime | None = None


def sync_streams(*, by: str, at: datetime, device_ids: Collection[int] | None = None) -> int:
    """Make the streams equal to the devices (or to some of them): added, moved, re-timed, removed. How many changed."""
    with transaction.atomic():
        devices = {d.id: d for d in registry.devices(device_ids) if d.stream}
        known = {s.device_id: s for s in Stream.objects.filter(device_id__in=list(devices))}
        wanted = [(known.get(d.id), _stream(d, at)) for d in devices.values()]
        added = [new for old, new in wanted if old is None]
        changed = [_moved(old, new) for old, new in wanted if old is not None and _differs(old, new)]
        Stream.objects.bulk_create(added)
        Stream.objects.bulk_update(changed, _FOLLOWED)
        if added or changed:
            _follow_homes(changed)
            facts = [("stream.added", s) for s in added] + [("stream.changed", s) for s in changed]
            journal.write_many([_stream_fact(kind, s, by, at) for kind, s in facts])
            _revise()
    return len(added) + len(changed)


def bind(
    watch: str, rows: Sequence[BindingRow], *, by: str, at: datetime, replace_subjects: Collection[int] | None = None
) -> int:
    """Watch these streams for these subjects; a row that stands already takes the row's numbers. How many changed.

    With `replace_subjects`, what those subjects had and `rows` does not name ends. Raises ValueError for numbers that
    no watch can have.
    """
    for params in {json.dumps(row.params, sort_keys=True) for row in rows}:
        WatchParams.from_toml(json.loads(params))
    with transaction.atomic():
        subjects = {r.subject_id for r in rows} | set(replace_subjects or ())
        standing = {
            (b.stream_id, b.subject_kind, b.subject_id): b
            for b in Binding.objects.filter(watch=watch, until__isnull=True, subject_id__in=subjects)
        }
        streams = Stream.objects.in_bulk({r.stream_id for r in rows})
        wanted = {(r.stream_id, r.subject_kind, r.subject_id): r for r in rows}
        added = [_binding(watch, streams[r.stream_id], r, at) for key, r in wanted.items() if key not in standing]
        changed = [
            b for key, b in standing.items() if key in wanted and _renumber(b, streams[b.stream_id], wanted[key])
        ]
        ended = [b for key, b in standing.items() if key not in wanted and b.subject_id in (replace_subjects or ())]
        Binding.objects.bulk_create(added)
        Binding.objects.bulk_update(changed, ["params", "look_from", "judged_from", "quiet_until"])
        _tell([("bound", added), ("changed", changed)], by, at)
        _end(ended, by, at, "")
    return len(added) + len(changed) + len(ended)


def unbind(watch: str, subject_ids: Collection[int] | None, *, by: str, at: datetime, why: str = "") -> int:
    """Stop watching for these subjects (None: for all); what was open of them is cleared. How many bindings ended."""
    with transaction.atomic():
        standing = Binding.objects.filter(watch=watch, until__isnull=True)
        if subject_ids is not None:
            standing = standing.filter(subject_id__in=subject_ids)
        ended = list(standing)
        _end(ended, by, at, why)
    return len(ended)


def quiet(watch: str, home_ids: Collection[int], until: datetime | None, *, by: str, at: datetime) -> int:
    """Nobody is at home until then (None: somebody is again): silence and missing data there are noted and not told.

    What goes on after that for as long as the watch is patient anyway becomes a finding of its own.
    """
    with transaction.atomic():
        standing = Binding.objects.filter(watch=watch, until__isnull=True, home_id__in=home_ids)
        ends = until or at
        changed = [b for b in standing if b.quiet_until != ends and (until or (b.quiet_until and b.quiet_until > at))]
        for binding in changed:
            binding.quiet_until = ends
        Binding.objects.bulk_update(changed, ["quiet_until"])
        _tell([("quiet", changed)], by, at)
    return len(changed)


_FOLLOWED = ["home_id", "path", "parent_code", "every_s", "delivery", "removed_at"]


def _stream(device: registry.DeviceRow, at: datetime) -> Stream:
    kind = kinds.of(device.stream)
    return Stream(
        device_id=device.id,
        device_code=device.code,
        parent_code=device.parent_code,
        kind=device.stream,
        unit=kind.unit,
        home_id=device.home_id,
        path=device.path,
        every_s=device.every_s or kinds.USUAL_STEP_S[device.delivery],
        delivery=device.delivery,
        lateness_s=int(kind.lateness.total_seconds()),
        added_at=at,
        removed_at=at if device.removed_on else None,
    )


def _differs(old: Stream, new: Stream) -> bool:
    same = all(getattr(old, f) == getattr(new, f) for f in _FOLLOWED if f != "removed_at")
    return not same or bool(old.removed_at) != bool(new.removed_at)


def _moved(old: Stream, new: Stream) -> Stream:
    for field in _FOLLOWED:
        setattr(old, field, getattr(new, field))
    return old


def _follow_homes(streams: Sequence[Stream]) -> None:
    """Bindings name the home for those who ask by home."""
    for stream in streams:
        Binding.objects.filter(stream=stream, until__isnull=True).update(home_id=stream.home_id, path=stream.path)


def _stream_fact(kind: str, stream: Stream, by: str, at: datetime) -> NewFact:
    data = {"device": stream.device_id, "kind": stream.kind, "home": stream.home_id}
    return NewFact(kind, subject=("stream", stream.pk), by=by, at=at, path=stream.path, data=data)


def _binding(watch: str, stream: Stream, row: BindingRow, at: datetime) -> Binding:
    return Binding(
        watch=watch,
        stream=stream,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        home_id=stream.home_id,
        path=stream.path,
        params=dict(row.params),
        look_from=row.look_from,
        judged_from=stream.newest_time,
        since=at,
        quiet_until=row.quiet_until,
    )


def _renumber(binding: Binding, stream: Stream, row: BindingRow) -> bool:
    """Take the row's numbers, for what is still to come. A row that says nothing of absence leaves the known one."""
    quiet_until = row.quiet_until or binding.quiet_until
    new = (dict(row.params), row.look_from, quiet_until)
    if new == (binding.params, binding.look_from, binding.quiet_until):
        return False
    if binding.params != dict(row.params):
        binding.judged_from = stream.newest_time
    binding.params, binding.look_from, binding.quiet_until = new
    return True


def _end(ended: Sequence[Binding], by: str, at: datetime, why: str) -> None:
    for binding in ended:
        binding.until = at
    Binding.objects.bulk_update(ended, ["until"])
    _tell([("unbound", ended)], by, at)
    findings.let_go({(b.watch, b.stream_id) for b in ended}, by=by, at=at, why=why)


def _tell(changes: Sequence[tuple[str, Sequence[Binding]]], by: str, at: datetime) -> None:
    facts = [
        NewFact(
            "binding.changed",
            subject=("binding", b.pk),
            by=by,
            at=at,
            path=b.path,
            data={"watch": b.watch, "stream": b.stream_id, b.subject_kind: b.subject_id, "change": change},
        )
        for change, bindings in changes
        for b in bindings
    ]
    if facts:
        journal.write_many(facts)
        _revise()


def _revise() -> None:
    Revision.objects.get_or_create(name="bindings")
    Revision.objects.filter(name="bindings").update(n=F("n") + 1)
