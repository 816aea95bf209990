"""Finds silence, excess, missing data and meter resets in cumulative readings, one compiled pass over each series.

The window of a series is kept as runs (first time, last time, value) of unchanged readings, so a quiet home takes a few
numbers, and every comparison is exact: times are whole microseconds, values whole thousandths of the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lilong.analysis.episodes import KINDS, Episode
from lilong.analysis.folding import (
    BEFORE_FALL,
    COUNTED,
    COVERED,
    EXCESS,
    HEAD,
    LAPSED,
    NO_FALL,
    NONE,
    OF_EXCESS,
    OF_SILENCE,
    OUT,
    PER_KIND,
    PHASE,
    RUNS,
    SEEN,
    SILENCE,
    START,
    TIME,
    WIDTH,
    Ints,
    fold,
)

CHUNK: Final = 1 << 14


@dataclass(frozen=True)
class Thresholds:
    """The numbers of one watch: spans in microseconds (0: not watched), volumes in thousandths of the unit.

    `silence_under` 0 means that the counter did not move. `excess` holds (over, within) pairs.
    """

    silence_for: int = 0
    silence_under: int = 0
    max_step: int = 7_200_000_000
    no_data: int = 0
    excess: tuple[tuple[int, int], ...] = ()

    def array(self) -> Ints:
        """The same numbers as the compiled pass takes them."""
        rules = [number for rule in self.excess for number in rule]
        return np.array([self.silence_for, self.silence_under, self.max_step, self.no_data, *rules], dtype=np.int64)


class Detector:
    """The state of one watch over one series: fold readings in, in order of time, no time twice."""

    __slots__ = ("_numbers", "_runs", "_state")

    def __init__(self, thresholds: Thresholds) -> None:
        self._numbers = thresholds.array()
        self._state = np.zeros(WIDTH, dtype=np.int64)
        self._state[BEFORE_FALL] = NO_FALL
        self._runs = np.zeros((8, 3), dtype=np.int64)

    def fold(self, times: Ints, values: Ints) -> list[Episode]:
        """Take n readings (two int64 arrays of shape (n,), times rising) and return the episodes that became final."""
        final: list[Episode] = []
        done = 0
        while done < len(times):
            part = slice(done, done + CHUNK)
            out = np.empty((OUT * min(len(times) - done, CHUNK), PER_KIND), dtype=np.int64)
            taken, ended = fold(self._numbers, self._state, self._runs, times[part], values[part], out)
            final += [_episode(row, ended=True) for row in out[:ended].tolist()]
            done += taken
            if self._state[RUNS] == len(self._runs):
                self._make_room()
        return final

    def current(self) -> list[Episode]:
        """The episodes that are not final: those that go on, and lapsed ones that the next reading may take up."""
        state = self._state.tolist()
        return [
            _episode([kind, *state[at + START : at + PER_KIND]], ended=state[at + PHASE] == LAPSED)
            for kind, at in ((SILENCE, OF_SILENCE), (EXCESS, OF_EXCESS))
            if state[at + PHASE] != NONE
        ]

    @property
    def time(self) -> int | None:
        """The time of the newest reading folded in; None before the first."""
        return int(self._state[TIME]) if self._state[SEEN] else None

    def copy(self) -> Detector:
        """An independent detector in the same state."""
        twin = Detector.__new__(Detector)
        twin._numbers, twin._state, twin._runs = self._numbers, self._state.copy(), self._runs.copy()
        return twin

    def dump(self) -> Ints:
        """The state as one array of numbers, for a checkpoint."""
        state, runs = self._window()
        return np.concatenate([state, runs.ravel()])

    @classmethod
    def load(cls, thresholds: Thresholds, dumped: Ints) -> Detector:
        """The detector whose `dump` this is. Raises ValueError when it cannot be one."""
        if len(dumped) < WIDTH or len(dumped) != WIDTH + 3 * dumped[RUNS]:
            raise ValueError(f"a detector's state cannot have {len(dumped)} numbers")
        runs = dumped[WIDTH:].reshape(-1, 3)
        detector = cls(thresholds)
        detector._state = dumped[:WIDTH].copy()
        detector._runs = np.zeros((len(runs) + 8, 3), dtype=np.int64)
        detector._runs[: len(runs)] = runs
        return detector

    def _window(self) -> tuple[Ints, Ints]:
        """The state as if the runs before the window had never been, and the runs of the window."""
        state, head = self._state.copy(), int(self._state[HEAD])
        state[[RUNS, HEAD]] -= head
        state[[COVERED, COUNTED]] = np.maximum(state[[COVERED, COUNTED]] - head, 0)
        return state, self._runs[head : self._state[RUNS]]

    def _make_room(self) -> None:
        """Let go of the runs before the window; where the window itself fills the room, take twice as much."""
        self._state, kept = self._window()
        room = len(self._runs) * (1 if len(kept) <= len(self._runs) // 2 else 2)
        self._runs = np.zeros((room, 3), dtype=np.int64)
        self._runs[: len(kept)] = kept


def warm_up() -> None:
    """Compile the pass, or load what an earlier start compiled, so that no reading has to wait for it."""
    once = np.zeros(1, dtype=np.int64)
    detect(Thresholds(silence_for=1, no_data=1, excess=((1, 1),)), once, once)


def detect(thresholds: Thresholds, times: Ints, values: Ints) -> list[Episode]:
    """Every episode of one whole series (int64 arrays as `Detector.fold` takes them), by start; the last may go on."""
    detector = Detector(thresholds)
    found = detector.fold(times, values) + detector.current()
    return sorted(found, key=lambda e: (e.start, KINDS.index(e.kind)))


def _episode(row: Sequence[int], *, ended: bool) -> Episode:
    kind, start, end, start_value, end_value, rule = row
    return Episode(KINDS[kind], start, end, start_value, end_value, ended, rule)
