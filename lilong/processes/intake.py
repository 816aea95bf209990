"""The intake process: readings in by MQTT and, from the web process, by HTTP; log, detectors and findings."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lilong.kernel.sensing.flow import Flow
    from lilong.kernel.sensing.judge import Judge

logger = logging.getLogger("lilong.intake")

HOST: Final = "127.0.0.1"
PORT: Final = 18830
BEAT: Final = 1.0  # seconds
BUSY: Final = 75  # exit status: another intake runs this installation


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
    import django

    django.setup()
    from lilong.kernel.sensing.log import LogBusy

    try:
        asyncio.run(_run())
    except LogBusy as error:
        logger.error("%s", error)
        sys.exit(BUSY)


async def _run() -> None:
    from django.conf import settings

    from lilong.kernel.sensing.flow import Flow
    from lilong.kernel.sensing.handover import door
    from lilong.kernel.sensing.judge import Judge, prepare
    from lilong.kernel.sensing.log import Log
    from lilong.kit import clock

    home: Path = settings.LILONG_HOME
    folder = home / "readings"
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # One thread for the log's files, one for what we write to the database, one for the sign-in of devices.
    with _thread("disk") as disk, _thread("database") as database, _thread("sign-in") as sign_in:
        log = Log(folder)
        if log.mended:
            logger.warning("%s", log.mended)
        keeper = await loop.run_in_executor(database, prepare, folder, log, clock.now())
        flow = Flow(keeper, log, folder, disk, clock.now)
        judge = Judge(keeper, flow, folder, database, clock.now)
        syncing, judging = asyncio.create_task(flow.run()), asyncio.create_task(judge.run())
        beating = asyncio.create_task(_beat(home, flow, judge))
        try:
            async with _mqtt(flow, sign_in), door(home, flow):
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({stopping, syncing, judging, beating}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            beating.cancel()
            flow.stop()
            await asyncio.wait({syncing})
            judge.stop()
            await asyncio.wait({judging})
            log.close()
        for job in (syncing, judging):
            job.result()  # what it failed of ends the process, and the supervisor starts it again


def _mqtt(flow: Flow, sign_in: ThreadPoolExecutor) -> AbstractAsyncContextManager[None]:
    """The embedded broker, or the reader of the outside one that `LILONG_MQTT_URL` names."""
    from lilong.gateways.mqtt import broker, outside

    if url := os.environ.get("LILONG_MQTT_URL"):
        return outside.reading(flow, url)

    async def who(name: str, token: str) -> str | None:
        return await asyncio.get_running_loop().run_in_executor(sign_in, _device, name, token)

    host, port = os.environ.get("LILONG_MQTT_HOST", HOST), int(os.environ.get("LILONG_MQTT_PORT", PORT))
    return broker.listening(flow, who, host, port)


def _device(name: str, token: str) -> str | None:
    """The device of that code and token; runs in the thread of sign-ins."""
    from django.db import close_old_connections

    from lilong.kernel.registry import queries as registry

    close_old_connections()
    device = registry.device_by_token(token)
    return device.code if device is not None and device.code == name else None


async def _beat(home: Path, flow: Flow, judge: Judge) -> None:
    """Say every second that we live, and how far behind we are."""
    from lilong.kit import clock
    from lilong.processes.heartbeat import beat

    while True:
        beat(
            home,
            "intake",
            at=clock.now().isoformat(),
            accepted=flow.tally.accepted,
            aside=flow.tally.aside,
            late=flow.tally.late,
            findings=judge.changed,
            position=judge.keeper.position,
            streams=len(judge.keeper.tracks),
            on_the_way=flow.on_the_way,
            behind=round(judge.behind, 4),
        )
        await asyncio.sleep(BEAT)


def _thread(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix=name)


if __name__ == "__main__":
    main()
