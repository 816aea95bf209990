"""Both halves of a reading's way, running in the test's own process, to be ended cleanly or as by a kill."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from lilong.kernel.sensing.flow import Flow, Outcome
from lilong.kernel.sensing.judge import Judge, prepare
from lilong.kernel.sensing.log import Log


@dataclass
class Time:
    """The installation's clock of a test."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def pass_(self, span: timedelta) -> None:
        self.at += span


@dataclass
class Intake:
    """One run of it. `kill` leaves everything as a kill -9 would: no last turn, no checkpoint."""

    flow: Flow
    judge: Judge
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    killed: bool = False

    async def send(self, device: str, body: bytes) -> Outcome:
        return await self.flow.take(device, body)

    async def settle(self) -> None:
        """Return when all that was acknowledged is judged and every chore had its turn since."""
        turn = self.judge.turns + 2
        self.flow.to_judge.set()
        while self.judge.turns < turn or self.flow.logged:
            self.flow.to_judge.set()
            for task in self.tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.005)

    async def kill(self) -> None:
        self.killed = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(folder: Path, time: Time) -> AsyncIterator[Intake]:
    """Intake over `folder` for as long as the context lasts."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as disk, ThreadPoolExecutor(1) as database:
        log = Log(folder)
        keeper = await loop.run_in_executor(database, prepare, folder, log, time.now())
        flow = Flow(keeper, log, folder, disk, time.now)
        judge = Judge(keeper, flow, folder, database, time.now)
        intake = Intake(flow, judge, [asyncio.create_task(flow.run()), asyncio.create_task(judge.run())])
        try:
            yield intake
        finally:
            if not intake.killed:
                flow.stop()
                await intake.tasks[0]
                judge.stop()
                await intake.tasks[1]
            await loop.run_in_executor(database, lambda: connection.close())
            log.close()
