"""All streams and watches in memory: takes what is safe in the log, and says what must be written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np

from lilong.analysis.detectors import Thresholds
from lilong.analysis.episodes import Episode

from .findings import View, to_us
from .params import WatchParams
from .reconciling import grown
from .records import LATE, Records
from .roster import Roster
from .tracks import Track, Watched

LONG_AGO: Final = 0  # no reading is older (payload.FIRST_TIME)
BULK: Final = 256  # records from which on it pays to sort them by stream first
STEPS_OF_GRACE: Final = 2  # readings a stream may miss after we began to listen before it counts as overdue


@dataclass(frozen=True)
class Due:
    """One watched stream that the database must be made equal to, and what to tell when it is."""

    view: View
    watch: Watched

    def done(self) -> None:
        """The database is equal to it."""
        self.watch.was_written(self.view.episodes)


@dataclass
class Keeper:
    """`position` counts the records of the log that are taken. Its calls are made from one thread."""

    position: int = 0
    listening_since: int = 0
    roster: Roster = field(default_factory=Roster)
    tracks: dict[int, Track] = field(default_factory=dict)
    _changed: set[int] = field(default_factory=set)
    _stamps: dict[tuple[str, int], object] = field(default_factory=dict)

    def adopt(self, roster: Roster) -> None:
        """Take over a new roster: new streams, new and ended watches, changed numbers."""
        self.roster = roster
        senders = {sender.stream_id: sender for sender in roster.senders.values()}
        for stream_id, sender in senders.items():
            if stream_id not in self.tracks:
                self.tracks[stream_id] = Track(sender.lateness)
        for stream_id in self.tracks.keys() - senders.keys():
            del self.tracks[stream_id]
        for (slug, stream_id), watch in roster.watches.items():
            if track := self.tracks.get(stream_id):
                look_from = to_us(watch.look_from) if watch.look_from else 0
                before = track.watches.get(slug)
                track.watch(slug, _thresholds(json.dumps(watch.params)), look_from)
                if track.watches[slug] is not before or self._stamps.get((slug, stream_id)) != watch.stamp:
                    track.watches[slug].written = None
                    self._stamps[slug, stream_id] = watch.stamp
                    self._changed.add(stream_id)
        for stream_id, track in self.tracks.items():
            for slug in [s for s in track.watches if (s, stream_id) not in roster.watches]:
                del track.watches[slug]
                self._stamps.pop((slug, stream_id), None)

    def take(self, records: Records, position: int) -> None:
        """Take records that are safe in the log, up to a position; those of streams that are gone are passed over."""
        self.position = position
        counted = records[(records["flags"] & LATE) == 0]
        values, times = np.rint(counted["value"] * 1000).astype(np.int64), counted["time"].astype(np.int64)
        if len(counted) < BULK:
            columns = (counted["stream"], times, values, counted["received"])
            for stream_id, time, value, received in zip(*(column.tolist() for column in columns), strict=True):
                if track := self.tracks.get(stream_id):
                    track.take(time, value, received)
                    self._changed.add(stream_id)
            return
        order = np.argsort(counted["stream"], kind="stable")
        streams, begins, counts = np.unique(counted["stream"][order], return_index=True, return_counts=True)
        for stream_id, begin, end in zip(streams.tolist(), begins, begins + counts, strict=True):
            if track := self.tracks.get(stream_id):
                place = order[begin:end]
                track.extend(times[place], values[place], int(counted["received"][place[-1]]))
                self._changed.add(stream_id)

    def fold(self) -> None:
        """Bring every stream that got readings up to date."""
        for stream_id in self._changed:
            if track := self.tracks.get(stream_id):
                track.fold()

    def due(self) -> list[Due]:
        """Fold what was taken, and say which watched streams differ from what is written."""
        self.fold()
        changed = [(stream_id, self.tracks.get(stream_id)) for stream_id in self._changed]
        self._changed.clear()
        return [due for stream_id, track in changed if track for due in self._differing(stream_id, track)]

    def sweep(self, now: datetime) -> list[Due]:
        """Look at the clock: streams that should have sent something by now are overdue, which is never no use."""
        found: list[Due] = []
        clock = to_us(now)
        for sender in self.roster.senders.values():
            track = self.tracks[sender.stream_id]
            newest = track.newest if track.newest is not None else to_us(sender.added)
            listened = self.listening_since + sender.delivery + STEPS_OF_GRACE * sender.every
            for watch in track.watches.values():
                over = max(newest + watch.numbers.no_data + sender.delivery, listened)
                missing = watch.numbers.no_data > 0 and clock > over
                if missing or watch.overdue:
                    level = track.values[-1] if track.values else 0
                    watch.overdue = Episode("no_data", newest, clock, level, level, False) if missing else None
                    found += self._differing(sender.stream_id, track)
        return found

    def newest(self) -> Iterator[tuple[int, int, float, int]]:
        """Stream, time and value of its newest reading, and when it came, for every stream that has one."""
        for stream_id, track in self.tracks.items():
            if track.newest is not None and track.received is not None:
                yield stream_id, track.newest, track.values[-1] / 1000, track.received

    def _differing(self, stream_id: int, track: Track) -> list[Due]:
        found = []
        for slug, watch in track.watches.items():
            if watch.overdue and track.newest is not None and track.newest > watch.overdue.start:
                watch.overdue = None
            episodes = watch.view()
            if grown(watch.written, episodes):
                settled = watch.settled.time
                bound = LONG_AGO if settled is None else settled
                found.append(Due(View(slug, stream_id, episodes, bound, watch.known_from, track.newest), watch))
        return found


@lru_cache(maxsize=512)
def _thresholds(params: str) -> Thresholds:
    return WatchParams.from_toml(json.loads(params)).thresholds()
