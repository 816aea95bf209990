"""The worker process: seals facts, runs the engine over them, and does what is due by the clock."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

log = logging.getLogger("lilong.worker")

IDLE = 0.03  # seconds between looks at the journal while nothing is new
DUE = 0.25  # seconds between looks at what is due by the clock
BEAT = 1.0
RETRY = 1.0


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
    import django

    django.setup()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    from lilong.kernel.journal import sealer

    sealing = threading.Thread(target=sealer.run, args=(stop,), name="sealer")
    sealing.start()
    try:
        _engine(stop)
    finally:
        stop.set()
        sealing.join(timeout=10)


def _engine(stop: threading.Event) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    from lilong.kernel.engine import loop, queries, watch
    from lilong.kit import clock
    from lilong.processes.heartbeat import beat

    call_command("clearsessions")  # those that ended while nobody came back
    watch.begin(clock.now())
    due = beaten = 0.0
    handled = behind = 0
    while not stop.is_set():
        try:
            read = loop.run_once(at=clock.now())
            handled += read
            if time.monotonic() - due >= DUE:
                due = time.monotonic()
                loop.pass_time(at=clock.now())
                behind = queries.behind()
        except DatabaseError:
            log.exception("the database did not answer; trying again")
            connection.close()
            read = 0
            stop.wait(RETRY)
        if time.monotonic() - beaten >= BEAT:
            beaten = time.monotonic()
            beat(settings.LILONG_HOME, "worker", handled=handled, behind=behind)
        if not read:
            stop.wait(IDLE)
    connection.close()


if __name__ == "__main__":
    main()
