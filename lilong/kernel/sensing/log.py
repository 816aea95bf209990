"""The append log of readings: what it has synced is accepted, and everything else can be made from it again."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from .records import RECORD, SIZE, Records, sound

SEGMENT: Final = 1 << 19  # records in a file: 16 MiB
CHUNK: Final = 1 << 16
DAY_US: Final = 86_400_000_000


class LogBusy(RuntimeError):
    """Another process writes this log."""


class Log:
    """The one writer. Positions count records from the first ever written."""

    def __init__(self, folder: Path) -> None:
        """Open the log in `folder`, cutting off what a crash left half-written. Raises LogBusy."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise LogBusy(f"{folder}: another process writes this log") from error
        self._day: int | None = None  # of the newest record in the file that is written
        last = max(segments(folder), default=folder / _name(0))
        self.mended = _mend(last) if last.exists() else ""
        self._open(last)

    def append(self, records: Records) -> int:
        """Write records behind the others, not yet safe from a power cut; the position behind them."""
        if self._full(int(records["received"][-1]) // DAY_US):
            self.sync()
            os.close(self._file)
            self._open(self._folder / _name(self.end))
        data = memoryview(records.tobytes())
        while data:
            data = data[os.write(self._file, data) :]
        self.end += len(records)
        self._day = int(records["received"][-1]) // DAY_US
        return self.end

    def sync(self) -> None:
        """Return when everything appended before the call is on the disk. May be called from another thread."""
        os.fdatasync(self._file)

    def forget(self, before: datetime) -> list[str]:
        """Remove the files whose readings were all received before then; the names of those removed."""
        limit = _us(before)
        gone = [path for path in segments(self._folder)[:-1] if _newest(path) < limit]
        for path in gone:
            path.unlink()
        return [path.name for path in gone]

    def close(self) -> None:
        """Sync, and let another process write."""
        self.sync()
        os.close(self._file)
        os.close(self._lock)

    def _open(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(self._file).st_size
        self._first, self.end = int(path.stem), int(path.stem) + size // SIZE
        self._day = _newest(path) // DAY_US if size else None
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)  # the new name too must survive a power cut
        os.close(folder)

    def _full(self, day: int) -> bool:
        return self.end > self._first and (self.end - self._first >= SEGMENT or day != self._day)


def segments(folder: Path) -> list[Path]:
    """The log's files, oldest first; the name is the position of the first record."""
    return sorted(path for path in folder.glob("*.log") if path.stem.isdecimal())


def read(folder: Path, start: int = 0) -> Iterator[tuple[int, Records]]:
    """The records from a position on, in pieces, each with the position behind it. Damaged records are left out."""
    for path in segments(folder):
        first = int(path.stem)
        records = mapped(path)
        for at in range(max(start - first, 0), len(records), CHUNK):
            piece = np.array(records[at : at + CHUNK])
            yield first + at + len(piece), piece[sound(piece)]


def received_since(folder: Path, since: datetime) -> Iterator[Records]:
    """The files, oldest first, that may hold records received since then, each as an unchecked view of the disk."""
    limit = _us(since)
    recent: list[Records] = []
    for path in reversed(segments(folder)):
        records = mapped(path)
        if len(records):
            if int(records["received"][-1]) < limit:
                break
            recent.append(records)
    yield from reversed(recent)


def mapped(path: Path) -> Records:
    """A file's whole records, mapped from the disk."""
    count = path.stat().st_size // SIZE
    return np.memmap(path, dtype=RECORD, mode="r", shape=(count,)) if count else np.empty(0, dtype=RECORD)


def _mend(path: Path) -> str:
    """Cut off what follows the last sound record; words about it, empty when there was nothing to cut."""
    size = path.stat().st_size
    records = mapped(path)
    whole = 0
    for at in range((len(records) - 1) // CHUNK * CHUNK if len(records) else 0, -1, -CHUNK):
        good = np.flatnonzero(sound(np.array(records[at : at + CHUNK])))
        if len(good):
            whole = at + int(good[-1]) + 1
            break
    if whole * SIZE == size:
        return ""
    with path.open("r+b") as file:
        file.truncate(whole * SIZE)
        os.fsync(file.fileno())
    return f"{path.name}: {size - whole * SIZE} bytes of a torn end cut off after record {int(path.stem) + whole}"


def _newest(path: Path) -> int:
    records = mapped(path)
    return int(records["received"][-1]) if len(records) else 0


def _name(first: int) -> str:
    return f"{first:015d}.log"


def _us(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)
