"""Runs a watch's numbers over a file of readings and tells every episode: the same detectors, no database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress

from lilong.analysis.detectors import Thresholds, detect
from lilong.analysis.episodes import Episode as Found
from lilong.analysis.folding import Ints

from .params import WatchParams
from .readings_file import BadRow, File, Mapping, Series, moment, read, read_mapping

__all__ = ["Episode", "Mapping", "WatchParams", "read_mapping", "replay"]
LONG = 1 << 20  # bytes


@dataclass(frozen=True)
class Episode:
    """One episode of one stream of a file. Times as the file has them: without an offset they stay without one."""

    kind: str
    stream: str
    start: datetime
    end: datetime
    hours: float
    litres: float | None

    def as_json(self) -> dict[str, object]:
        """The line that `watch replay --json` prints."""
        return {
            "kind": self.kind,
            "stream": self.stream,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "hours": round(self.hours, 2),
        }


def replay(
    path: Path, mapping: Mapping, params: WatchParams, *, bad: Callable[[BadRow], None] | None = None
) -> Iterator[Episode]:
    """Every episode in the file, stream by stream in the order of the file, each by start.

    Readings are taken in order of time; of several at one time the first in the file counts. `bad` is told of every row
    that cannot be used (without it: standard error is). Raises ValueError when the file as a whole cannot be used.
    """
    numbers = params.thresholds()
    file = _read(path, mapping, bad or _say)
    for stream, series in file.series.items():
        for found in _episodes(numbers, series):
            yield _told(stream, found, UTC if file.aware else None)


def _read(path: Path, mapping: Mapping, bad: Callable[[BadRow], None]) -> File:
    """The file, behind a bar on standard error when it is long enough to wait for."""
    size = path.stat().st_size
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=size < LONG or not console.is_terminal) as bar:
        task = bar.add_task(path.name, total=size)
        return read(path, mapping, bad, lambda done: bar.update(task, completed=done))


def _say(row: BadRow) -> None:
    sys.stderr.write(f"row {row.line}: {row.reason}\n")


def _episodes(numbers: Thresholds, series: Series) -> list[Found]:
    times, values = _in_order(series)
    return detect(numbers, times, values)


def _in_order(series: Series) -> tuple[Ints, Ints]:
    """Times rising, each once: `unique` keeps the first of equal ones."""
    times, first = np.unique(np.frombuffer(series.times, dtype=np.int64), return_index=True)
    return times, np.frombuffer(series.values, dtype=np.int64)[first]


def _told(stream: str, found: Found, zone: tzinfo | None) -> Episode:
    start, end = moment(found.start, zone), moment(found.end, zone)
    return Episode(found.kind, stream, start, end, found.hours, found.used)
