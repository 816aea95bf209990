"""What cannot be a reading is kept beside the log with the reason, and counted: nothing is lost silently."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import F

from lilong.kernel.journal import actions as journal

from .models import AsideCount

DAY_LIMIT: Final = 32 << 20  # bytes of one day; beyond it, only counted
RAW_LIMIT: Final = 2000  # characters kept of what was sent
CODES_A_DAY: Final = 2000  # device codes counted apart; the rest of a flood of invented ones together
OTHERS: Final = "…"

# The reasons, as they stand in the files and in answers.
MALFORMED = "malformed"
UNKNOWN_DEVICE = "unknown_device"
UNKNOWN_STREAM = "unknown_stream"
FOREIGN_CHILD = "foreign_child"  # a device that does not stand behind the gateway that sent for it
NOT_A_NUMBER = "not_a_number"
NEGATIVE = "negative"
OUT_OF_RANGE = "out_of_range"
FUTURE = "future"
CLOCK_UNSET = "clock_unset"  # a time before any of these meters existed
DUPLICATE = "duplicate"
LATE = "late"  # past the lateness: kept in the log, counted here, and changes nothing
TOO_LARGE = "too_large"
FOREIGN_TOPIC = "foreign_topic"

Key = tuple[date, str, str]


@dataclass(frozen=True)
class Aside:
    """One thing put aside: who sent it, its place in the message, why, and what it was."""

    device: str
    index: int
    reason: str
    raw: str


class AsideBook:
    """What was put aside and is not on the disk yet, and the counts that are not in the database yet."""

    def __init__(self, folder: Path) -> None:
        """Files are `aside-<day>.jsonl` in `folder`."""
        self._folder = folder
        self._day: date | None = None
        self._codes: set[str] = set()
        self._lines: list[tuple[date, bytes]] = []
        self._counts: Counter[Key] = Counter()

    def put(self, aside: Aside, at: datetime) -> None:
        """Keep and count one thing; whoever takes the lines makes it safe."""
        self.count(aside.device, aside.reason, at)
        line = {"at": at.isoformat(), "device": aside.device, "reason": aside.reason, "raw": aside.raw[:RAW_LIMIT]}
        self._lines.append((at.date(), (json.dumps(line, ensure_ascii=False) + "\n").encode()))

    def count(self, device: str, reason: str, at: datetime) -> None:
        """Count one thing that is kept elsewhere."""
        if at.date() != self._day:
            self._day, self._codes = at.date(), set()
        code = device[:64]
        if code not in self._codes:
            code = code if len(self._codes) < CODES_A_DAY else OTHERS
            self._codes.add(code)
        self._counts[at.date(), code, reason] += 1

    def lines(self) -> list[tuple[date, bytes]]:
        """The lines put since the last call, by day, for `write`."""
        lines, self._lines = self._lines, []
        return lines

    def counts(self) -> Counter[Key]:
        """The counts since the last call."""
        counts, self._counts = self._counts, Counter()
        return counts


def write(folder: Path, lines: Iterable[tuple[date, bytes]]) -> None:
    """Append lines to the files of their days and return when they are on the disk. A full day takes no more."""
    for day, group in groupby(lines, key=itemgetter(0)):
        path = folder / f"aside-{day:%Y-%m-%d}.jsonl"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.fstat(file).st_size < DAY_LIMIT:
                os.write(file, b"".join(line for _, line in group))
                os.fsync(file)
        finally:
            os.close(file)


def forget(folder: Path, before: date) -> None:
    """Remove the files of days before that one."""
    for path in folder.glob("aside-*.jsonl"):
        if path.stem.removeprefix("aside-") < before.isoformat():
            path.unlink()


def save_counts(counts: Mapping[Key, int], devices: Mapping[str, int], *, at: datetime) -> None:
    """Add counts to the database. The first of a day, device and reason is a fact; `devices` gives ids by code."""
    with transaction.atomic():
        for (day, code, reason), n in sorted(counts.items()):
            row = AsideCount.objects.filter(day=day, device_code=code, reason=reason)
            if not row.update(n=F("n") + n):
                AsideCount.objects.create(day=day, device_code=code, reason=reason, n=n)
                subject = ("device", devices.get(code, 0))
                journal.write("stream.aside", subject=subject, by="system:intake", at=at, data={"reason": reason})
