"""The way of a reading: checked at the door, synced to the log, acknowledged, folded, and written down as a finding."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from . import aside, payload
from .aside import Aside, AsideBook
from .findings import to_moment, to_us
from .keeper import Keeper
from .log import Log
from .records import LATE, Records, sealed
from .tracks import DUPLICATE
from .tracks import LATE as TOO_LATE

GATHER: Final = 0.002  # seconds in which readings join the one that came first, and are synced with it
ROOM: Final = 400_000  # readings on their way; more wait outside


@dataclass(frozen=True)
class Outcome:
    """What became of one message: readings accepted, others by place and reason; words if nothing could be read."""

    accepted: int
    aside: tuple[tuple[int, str], ...] = ()
    malformed: str = ""


@dataclass
class Tally:
    """Counts since the process began."""

    accepted: int = 0
    aside: int = 0
    late: int = 0


@dataclass
class _Group:
    """What is synced together, and who waits for it."""

    rows: list[tuple[int, int, int, float, int]] = field(default_factory=list)
    waiting: list[tuple[asyncio.Future[Outcome], Outcome]] = field(default_factory=list)


class Flow:
    """The first half of the way, up to the acknowledgement; `logged` holds what the second half has yet to take."""

    def __init__(self, keeper: Keeper, log: Log, folder: Path, disk: Executor, now: Callable[[], datetime]) -> None:
        """`disk` runs one job at a time and alone touches the files in `folder`; `now` is the installation's clock."""
        self._keeper, self._log, self._folder, self._disk, self._now = keeper, log, folder, disk, now
        self._group = _Group()
        self._some = asyncio.Event()
        self._fits = asyncio.Event()
        self._fits.set()
        self._on_the_way = 0
        self._stopping = False
        self.book = AsideBook(folder)
        self.logged: deque[tuple[Records, int]] = deque()
        self.to_judge = asyncio.Event()
        self.tally = Tally()

    def take(self, device: str, body: bytes, form: str = "json") -> asyncio.Future[Outcome]:
        """Take one message of a device that has proved who it is. Done when all that is in it is safe on the disk."""
        now = self._now()
        try:
            readings, others = payload.read(body, form, device, self._keeper.roster, now)
        except payload.Malformed as error:
            raw = body[: aside.RAW_LIMIT].decode(errors="replace")
            return self.refuse(Aside(device, 0, aside.MALFORMED, raw), malformed=str(error))
        received, accepted = to_us(now), 0
        for reading in readings:
            answer = self._keeper.tracks[reading.sender.stream_id].ask(reading.time)
            if answer == DUPLICATE:
                raw = f"{to_moment(reading.time).isoformat()} {reading.value}"
                others.append(Aside(reading.device, reading.index, aside.DUPLICATE, raw))
                continue
            late = answer == TOO_LATE
            if late:
                self.tally.late += 1
                self.book.count(reading.device, aside.LATE, now)
            row = (reading.sender.stream_id, LATE if late else 0, reading.time, reading.value, received)
            self._group.rows.append(row)
            accepted += 1
        for other in others:
            self.book.put(other, now)
        self.tally.accepted += accepted
        self.tally.aside += len(others)
        return self._wait(Outcome(accepted, tuple(sorted((o.index, o.reason) for o in others))), accepted)

    def refuse(self, other: Aside, malformed: str = "") -> asyncio.Future[Outcome]:
        """Put something aside that holds no readings. Done when it is safe on the disk."""
        self.book.put(other, self._now())
        self.tally.aside += 1
        return self._wait(Outcome(0, ((other.index, other.reason),), malformed), 0)

    def count(self, device: str, reason: str) -> None:
        """Count something that was refused before it said what it had."""
        self.book.count(device, reason, self._now())
        self.tally.aside += 1

    @property
    def on_the_way(self) -> int:
        """Readings taken of which it is not yet written what they show."""
        return self._on_the_way

    @property
    def crowded(self) -> bool:
        """Whether so much is on its way that more had better wait outside."""
        return not self._fits.is_set()

    async def room(self) -> None:
        """Return when there is room for more."""
        await self._fits.wait()

    async def run(self) -> None:
        """Sync group after group until `stop`; what was taken before it is synced first."""
        while not self._stopping or self._group.waiting:
            await self._some.wait()
            await asyncio.sleep(0 if self._stopping else GATHER)
            group, self._group = self._group, _Group()
            if not self._stopping:
                self._some.clear()
            await self._sync(group)

    def stop(self) -> None:
        """Let `run` end once everything taken is synced."""
        self._stopping = True
        self._some.set()

    def forget(self, before: datetime) -> list[str]:
        """Remove what was received before then from log and aside files; the names of the log's files removed."""
        aside.forget(self._folder, before.date())
        return self._log.forget(before)

    def judged(self, readings: int) -> None:
        """The second half has done with so many readings."""
        self._on_the_way -= readings
        if self._on_the_way < ROOM:
            self._fits.set()

    async def _sync(self, group: _Group) -> None:
        lines, records = self.book.lines(), sealed(group.rows)
        loop = asyncio.get_running_loop()
        try:
            position = await loop.run_in_executor(self._disk, self._commit, records, lines)
        except OSError as error:
            for future, _ in group.waiting:
                if not future.done():
                    future.set_exception(error)
            raise
        for future, outcome in group.waiting:
            if not future.done():
                future.set_result(outcome)
        if len(records):
            self.logged.append((records, position))
            self.to_judge.set()

    def _commit(self, records: Records, lines: list[tuple[date, bytes]]) -> int:
        position = self._log.end
        if len(records):
            position = self._log.append(records)
            self._log.sync()
        if lines:
            aside.write(self._folder, lines)
        return position

    def _wait(self, outcome: Outcome, accepted: int) -> asyncio.Future[Outcome]:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._group.waiting.append((future, outcome))
        self._on_the_way += accepted
        if self._on_the_way >= ROOM:
            self._fits.clear()
        self._some.set()
        return future
