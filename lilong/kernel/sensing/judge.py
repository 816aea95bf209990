"""The second half of a reading's way: folds what is safe in the log, and keeps the database equal to what it shows."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from django.db import Error, InterfaceError, OperationalError, connection

from lilong.analysis.detectors import warm_up

from . import aside, checkpoint, findings, newest, roster
from .findings import to_us
from .flow import Flow
from .keeper import Due, Keeper
from .log import Log, read

T = TypeVar("T")
logger = logging.getLogger("lilong.intake")

EPISODES: Final = 300  # written in one transaction, at the most
STREAMS: Final = 500  # newest readings written in one transaction
RETRY: Final = 1.0  # seconds between tries while the database does not answer
KEEP: Final = timedelta(days=90)  # readings and what was put aside (impact record of elder_water_silence)
OUTAGE: Final = timedelta(hours=1)  # we did not listen that long: nothing is overdue because of it
CHECKPOINT: Final = "checkpoint"
ROSTER, COUNTS, NEWEST, SWEEP, KEEPING, FORGETTING = 0.5, 1.0, 2.0, 3.0, 10.0, 3600.0  # seconds between


def prepare(folder: Path, log: Log, now: datetime) -> Keeper:
    """Everything in memory again: the last checkpoint, and what the log holds behind it. Needs the database."""
    warm_up()
    saved = None
    try:
        saved = checkpoint.load(folder / CHECKPOINT, log.end)
    except ValueError as error:
        logger.warning("%s; everything is read from the log again", error)
    keeper, heard = saved or (Keeper(), 0)
    if heard < to_us(now - OUTAGE):
        keeper.listening_since = to_us(now)
    keeper.adopt(roster.load())
    for position, records in read(folder, keeper.position):
        keeper.take(records, position)
        keeper.fold()
    return keeper


@dataclass
class Judge:
    """Runs in the intake process's loop; everything it does is in one order, so that a checkpoint is always whole."""

    keeper: Keeper
    flow: Flow
    folder: Path
    database: Executor
    now: Callable[[], datetime]
    changed: int = 0  # findings opened, changed or ended since the process began
    behind: float = 0.0  # seconds the last group took from the log to the database
    turns: int = 0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _told: dict[int, int] = field(default_factory=dict)
    _kept: tuple[int, float] = (-1, 0.0)

    async def run(self) -> None:
        """Judge until `stop`, then what is left, and keep the state."""
        chores = self._chores()
        due = [time.monotonic()] * len(chores)
        while not self._stop.is_set():
            await self._wait(min(due) - time.monotonic())
            await self._take()
            for at, (every, chore) in enumerate(chores):
                if time.monotonic() >= due[at]:
                    await chore()
                    due[at] = time.monotonic() + every
            self.turns += 1
        await self._take()
        await self._save_counts()
        await self._save_newest()
        self._kept = (-1, 0.0)
        await self._checkpoint()

    def _chores(self) -> list[tuple[float, Callable[[], Awaitable[None]]]]:
        """What is done besides, and how often, in real seconds."""
        return [
            (ROSTER, self._look_at_roster),
            (COUNTS, self._save_counts),
            (NEWEST, self._save_newest),
            (SWEEP, self._sweep),
            (KEEPING, self._checkpoint),
            (FORGETTING, self._forget),
        ]

    def stop(self) -> None:
        """Let `run` end; the flow must have ended before."""
        self._stop.set()
        self.flow.to_judge.set()

    async def _wait(self, seconds: float) -> None:
        if seconds > 0 and not self.flow.logged:
            waiter = asyncio.ensure_future(self.flow.to_judge.wait())
            await asyncio.wait([waiter], timeout=seconds)
            waiter.cancel()
        self.flow.to_judge.clear()

    async def _take(self) -> None:
        began, readings = time.monotonic(), 0
        while self.flow.logged:
            records, position = self.flow.logged.popleft()
            self.keeper.take(records, position)
            readings += len(records)
        await self._write(self.keeper.due())
        if readings:
            self.flow.judged(readings)
            self.behind = time.monotonic() - began

    async def _write(self, due: list[Due]) -> None:
        for part in _parts(due):
            views = [d.view for d in part]
            try:
                self.changed += await self._ask(partial(findings.reconcile, views, at=self.now()))
            except Error:
                logger.exception("findings of %d streams could not be written together", len(part))
                if len(part) > 1:
                    for one in part:
                        await self._write([one])
                continue
            for d in part:
                d.done()

    async def _ask(self, job: Callable[[], T]) -> T:
        """Run a job in the database's thread, as often as it takes for the database to answer."""
        loop = asyncio.get_running_loop()
        said = False
        while True:
            try:
                return await loop.run_in_executor(self.database, job)
            except (OperationalError, InterfaceError) as error:
                if not said:
                    logger.warning("the database does not answer (%s); readings are kept meanwhile", error)
                    said = True
                await loop.run_in_executor(self.database, _hang_up)
                await asyncio.sleep(RETRY)

    async def _look_at_roster(self) -> None:
        if await self._ask(roster.revision) != self.keeper.roster.revision:
            self.keeper.adopt(await self._ask(roster.load))
            await self._write(self.keeper.due())

    async def _save_counts(self) -> None:
        if counts := self.flow.book.counts():
            devices = {code: sender.device_id for (code, _), sender in self.keeper.roster.senders.items()}
            await self._ask(partial(aside.save_counts, counts, devices, at=self.now()))

    async def _save_newest(self) -> None:
        rows = [row for row in self.keeper.newest() if self._told.get(row[0]) != row[1]]
        for begin in range(0, len(rows), STREAMS):
            part = rows[begin : begin + STREAMS]
            await self._ask(partial(newest.save, part))
            self._told.update({stream: moment for stream, moment, _, _ in part})

    async def _sweep(self) -> None:
        await self._write(self.keeper.sweep(self.now()))

    async def _checkpoint(self) -> None:
        position, at = self._kept
        if position == self.keeper.position and time.monotonic() - at < 60:
            return
        taken = await checkpoint.snapshot(self.keeper, to_us(self.now()))
        await asyncio.to_thread(taken.save, self.folder / CHECKPOINT)
        self._kept = (self.keeper.position, time.monotonic())

    async def _forget(self) -> None:
        before = self.now() - KEEP
        for name in await asyncio.to_thread(self.flow.forget, before):
            logger.info("readings of more than %s ago are removed: %s", KEEP, name)


def _hang_up() -> None:
    connection.close()  # looked up in the thread whose connection it is


def _parts(due: Iterable[Due]) -> Iterator[list[Due]]:
    """So few at once that no transaction holds the write lock for long."""
    part: list[Due] = []
    size = 0
    for one in due:
        weight = 1 + len(one.view.episodes)
        if part and (size + weight > EPISODES or len(part) == findings.AT_ONCE):
            yield part
            part, size = [], 0
        part.append(one)
        size += weight
    if part:
        yield part
