"""Who may send which stream, and who watches it: read from the database at once, and then asked for every reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import kinds
from .models import Binding, Revision, Stream

MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Sender:
    """One stream as intake needs it; spans and times in microseconds."""

    stream_id: int
    device_id: int
    parent: str
    lateness: int
    every: int
    delivery: int
    added: datetime


@dataclass(frozen=True)
class Watch:
    """One watched stream: the numbers of the binding made first; a changed `stamp` means that it must be looked at."""

    params: Mapping[str, Any]
    look_from: datetime | None
    stamp: tuple[object, ...] = ()


@dataclass(frozen=True)
class Roster:
    """Everything intake knows of devices and watches, as of one revision."""

    revision: int = -1
    senders: Mapping[tuple[str, str], Sender] = field(default_factory=dict)  # by device code and kind
    only_kind: Mapping[str, str] = field(default_factory=dict)  # of devices that send one kind
    codes: frozenset[str] = frozenset()  # devices, and gateways they stand behind
    watches: Mapping[tuple[str, int], Watch] = field(default_factory=dict)  # by watch and stream


def revision() -> int:
    """The number that grows with every change of streams and bindings."""
    return Revision.objects.filter(name="bindings").values_list("n", flat=True).first() or 0


def load() -> Roster:
    """The roster of now."""
    number = revision()  # read first: a change in between is seen by the next look
    streams = list(Stream.objects.filter(removed_at__isnull=True))
    kinds_of: dict[str, list[str]] = {}
    for stream in streams:
        kinds_of.setdefault(stream.device_code, []).append(stream.kind)
    return Roster(
        revision=number,
        senders={(s.device_code, s.kind): _sender(s) for s in streams},
        only_kind={code: found[0] for code, found in kinds_of.items() if len(found) == 1},
        codes=frozenset({s.device_code for s in streams} | {s.parent_code for s in streams if s.parent_code}),
        watches=_watches(),
    )


def _sender(stream: Stream) -> Sender:
    return Sender(
        stream_id=stream.pk,
        device_id=stream.device_id,
        parent=stream.parent_code,
        lateness=stream.lateness_s * SECOND_US,
        every=stream.every_s * SECOND_US,
        delivery=kinds.delivery_span(stream.delivery) // MICROSECOND,
        added=stream.added_at,
    )


def _watches() -> dict[tuple[str, int], Watch]:
    groups: dict[tuple[str, int], list[Binding]] = {}
    for binding in Binding.objects.filter(until__isnull=True, stream__removed_at__isnull=True).order_by("id"):
        groups.setdefault((binding.watch, binding.stream_id), []).append(binding)
    return {
        pair: Watch(
            bound[0].params, bound[0].look_from, tuple((b.pk, b.quiet_until, b.judged_from, b.path) for b in bound)
        )
        for pair, bound in groups.items()
    }
