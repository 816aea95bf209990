"""One stream as the intake process holds it: the readings still open to late ones, and each watch's state over them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from lilong.analysis.detectors import Detector, Thresholds
from lilong.analysis.episodes import Episode
from lilong.analysis.folding import Ints

HOUR: Final = 3_600_000_000
KEPT: Final = 96 * HOUR  # readings kept at the least, so that a changed number can look back
SETTLE: Final = 16  # readings settled or forgotten at a time
NEW, DUPLICATE, LATE = "new", "duplicate", "late"


@dataclass(slots=True)
class Watched:
    """One watch over one stream. `settled` has folded what can no longer change; `head` everything."""

    numbers: Thresholds
    look_from: int
    settled: Detector
    head: Detector
    known_from: int | None  # an episode that starts here may have begun before what we still hold
    folded: int = 0  # readings of the track that `head` has taken
    final: list[Episode] = field(default_factory=list)  # ended in `settled`, and not yet written
    ended: list[Episode] = field(default_factory=list)  # ended in `head` since
    overdue: Episode | None = None
    written: tuple[Episode, ...] | None = None  # what the database was last made equal to; None: look there

    def view(self) -> tuple[Episode, ...]:
        """Every episode that the database must be made equal to."""
        missing = (self.overdue,) if self.overdue else ()
        return (*self.final, *self.ended, *self.head.current(), *missing)

    def was_written(self, view: tuple[Episode, ...]) -> None:
        """The database is equal to `view`, which is what `view()` gave before anything else was folded."""
        self.written = view[len(self.final) :]
        self.final.clear()


class Track:
    """The readings of one stream in order of time, from what is settled to the newest."""

    __slots__ = (
        "_ahead",
        "_coming",
        "_low",
        "lateness",
        "received",
        "settled",
        "times",
        "trimmed",
        "values",
        "watches",
    )

    def __init__(self, lateness: int) -> None:
        """`lateness` in microseconds, against the newest reading taken."""
        self.lateness = lateness
        self.times: array[int] = array("q")
        self.values: array[int] = array("q")
        self.settled = 0
        self.trimmed = False
        self.received: int | None = None
        self.watches: dict[str, Watched] = {}
        self._coming: set[int] = set()  # taken, and on their way to the log
        self._ahead: int | None = None  # the newest of all taken
        self._low: int | None = None

    @property
    def newest(self) -> int | None:
        """The time of the newest reading that is safe in the log."""
        return self.times[-1] if self.times else None

    def ask(self, time: int) -> str:
        """What a reading of that time is beside those taken: new (and then taken), a duplicate, or too late."""
        if time in self._coming or self._has(time):
            return DUPLICATE
        if self._ahead is not None and time < self._ahead - self.lateness:
            return LATE
        self._ahead = time if self._ahead is None else max(time, self._ahead)
        self._coming.add(time)
        return NEW

    def take(self, time: int, value: int, received: int) -> None:
        """Put in one reading that is safe in the log."""
        self._coming.discard(time)
        self._ahead = time if self._ahead is None else max(time, self._ahead)
        self.received = received
        if not self.times or time > self.times[-1]:
            self.times.append(time)
            self.values.append(value)
            return
        at = bisect_left(self.times, time)
        if at < self.settled or self.times[at] == time:
            return  # replayed from the log a second time, or from a log of another lateness
        self.times.insert(at, time)
        self.values.insert(at, value)
        self._low = at if self._low is None else min(at, self._low)

    def extend(self, times: Ints, values: Ints, received: int) -> None:
        """Put in readings from the log, in the order in which they came; arrays of shape (n,)."""
        if len(times) > 1 and times[0] > (self.times[-1] if self.times else -1 << 63) and (np.diff(times) > 0).all():
            self.times.frombytes(times.tobytes())
            self.values.frombytes(values.tobytes())
            self._coming.difference_update(times.tolist())
            self._ahead, self.received = max(int(times[-1]), self._ahead or int(times[-1])), received
            return
        for time, value in zip(times.tolist(), values.tolist(), strict=True):
            self.take(time, value, received)

    def fold(self) -> None:
        """Bring every watch up to date, and settle what no late reading can change any more."""
        for watch in self.watches.values():
            if self._low is not None and self._low < watch.folded:
                watch.head, watch.folded = watch.settled.copy(), self.settled
                watch.ended = []
            watch.ended += self._fold(watch, watch.head, watch.folded, len(self.times))
            watch.folded = len(self.times)
        self._low = None
        self._settle()

    def watch(self, slug: str, numbers: Thresholds, look_from: int = 0) -> None:
        """Look at the stream with these numbers from now on; where they are new, look back at what is held."""
        watch = self.watches.get(slug)
        if watch and (watch.numbers, watch.look_from) == (numbers, look_from):
            return
        known_from = self.times[0] if self.trimmed and self.times else None
        settled = Detector(numbers)
        new = Watched(numbers, look_from, settled, settled, known_from)
        new.final = self._fold(new, settled, 0, self.settled)
        new.head, new.folded = settled.copy(), self.settled
        new.ended = self._fold(new, new.head, self.settled, len(self.times))
        new.folded = len(self.times)
        self.watches[slug] = new

    def restore(self, times: array[int], values: array[int], settled: int, trimmed: bool, received: int | None) -> None:
        """Be as a checkpoint says; its watches stand at `settled`."""
        self.times, self.values, self.settled = times, values, settled
        self.trimmed, self.received = trimmed, received
        self._ahead = times[-1] if times else None

    def readings(self) -> tuple[Ints, Ints]:
        """Copies of the times and values held."""
        return np.array(self.times, dtype=np.int64), np.array(self.values, dtype=np.int64)

    def _has(self, time: int) -> bool:
        at = bisect_left(self.times, time)
        return at < len(self.times) and self.times[at] == time

    def _fold(self, watch: Watched, detector: Detector, begin: int, end: int) -> list[Episode]:
        if watch.look_from:
            begin = max(begin, bisect_left(self.times, watch.look_from))
        if begin >= end:
            return []
        return detector.fold(_part(self.times, begin, end), _part(self.values, begin, end))

    def _settle(self) -> None:
        if not self.times:
            return
        safe = bisect_left(self.times, self.times[-1] - self.lateness)
        if safe - self.settled >= SETTLE:
            for watch in self.watches.values():
                final = self._fold(watch, watch.settled, self.settled, safe)
                watch.final += final
                del watch.ended[: len(final)]
            self.settled = safe
        old = min(bisect_left(self.times, self.times[-1] - max(KEPT, self.lateness)), self.settled)
        if old >= SETTLE:
            del self.times[:old], self.values[:old]
            self.settled -= old
            self.trimmed = True
            for watch in self.watches.values():
                watch.folded -= old


def _part(numbers: array[int], begin: int, end: int) -> Ints:
    return np.frombuffer(numbers, dtype=np.int64, count=end - begin, offset=8 * begin)
