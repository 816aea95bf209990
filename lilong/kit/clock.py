"""One injected clock per installation: readings, deadlines and pages ask it, and a demonstration may run it fast.

Sign-in, time-outs and rate limits use real time and never this clock.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991


@dataclass(frozen=True)
class Clock:
    """Time of the installation = base + (real - base_real) × rate; seconds since the epoch, UTC."""

    base_real: float = 0.0
    base: float = 0.0
    rate: float = 1.0

    def now(self) -> datetime:
        """The installation's time, aware, UTC."""
        return datetime.fromtimestamp(self.base + (time.time() - self.base_real) * self.rate, UTC)

    def at_rate(self, rate: float) -> Clock:
        """The same time now, running `rate` times as fast as real time from here on."""
        real = time.time()
        return Clock(base_real=real, base=self.base + (real - self.base_real) * self.rate, rate=rate)

    def real_seconds(self, span: timedelta) -> float:
        """How many real seconds pass while the clock advances by `span`."""
        return span.total_seconds() / self.rate

    def save(self, path: Path) -> None:
        """Write the clock for the other processes of this installation, atomically."""
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(asdict(self)))
        part.replace(path)


class _Installed:
    """The clock of this process: read from the installation's file, again when the file changes."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.stamp: tuple[int, int] | None = None
        self.clock = Clock()
        self.pinned: datetime | None = None
        self.looked = 0.0


_installed = _Installed()


def install(path: Path) -> None:
    """Use the clock kept in `path`; while the file does not exist, real time."""
    _installed.path, _installed.stamp, _installed.clock, _installed.looked = path, None, Clock(), 0.0


def clock() -> Clock:
    """The installation's clock; its file is looked at once a second at the most."""
    real = time.monotonic()
    if _installed.path is not None and real - _installed.looked > 1.0:
        _installed.looked = real
        with contextlib.suppress(FileNotFoundError):
            stat = _installed.path.stat()
            if (stamp := (stat.st_mtime_ns, stat.st_ino)) != _installed.stamp:
                _installed.clock = Clock(**json.loads(_installed.path.read_text()))
                _installed.stamp = stamp
    return _installed.clock


def now() -> datetime:
    """The installation's time, aware, UTC. For the edges (views, loops, commands) alone: inner code is given `at`."""
    return _installed.pinned or clock().now()


@contextlib.contextmanager
def pinned(at: datetime) -> Iterator[None]:
    """Hold the clock of this process at `at`, for tests and rehearsals."""
    before, _installed.pinned = _installed.pinned, at
    try:
        yield
    finally:
        _installed.pinned = before
