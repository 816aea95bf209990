"""A real intake process over the test's own database, to be started, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection


class IntakeProcess:
    """`python -m lilong.processes.intake` with `home` for its folder. The keys are the test's own."""

    def __init__(self, home: Path, **environment: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / "keys").symlink_to(settings.LILONG_HOME / "keys")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LILONG_")}
        self.home, self.port = home, free_port()
        self.environment = {
            **kept, "LILONG_HOME": str(home), "LILONG_MQTT_PORT": str(self.port), **_database(home), **environment,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting until it listens."""
        (self.home / "run" / "intake.json").unlink(missing_ok=True)
        with (self.home / "intake.log").open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lilong.processes.intake"], env=self.environment, stderr=words
            )

    def listens(self) -> bool:
        """Whether it has got through its start."""
        assert self._process is not None
        assert self._process.poll() is None, (self.home / "intake.log").read_text()[-4000:]
        return (self.home / "run" / "intake.json").exists()

    def told(self) -> dict[str, float]:
        """What it says of itself, each second."""
        found: dict[str, float] = json.loads((self.home / "run" / "intake.json").read_text())
        return found

    def kill(self) -> None:
        """As kill -9 does it: no last words."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=40)

    def end(self) -> None:
        """Make sure that it is gone, whatever the test came to."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until something holds; fails naming what never came."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        time.sleep(0.02)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database(home: Path) -> dict[str, str]:
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        (home / "lilong.sqlite3").symlink_to(told["NAME"])
        return {"DATABASE_URL": ""}
    who = quote(told["USER"]) + (f":{quote(told['PASSWORD'])}" if told["PASSWORD"] else "")
    return {"DATABASE_URL": f"postgresql://{who}@{told['HOST']}:{told['PORT']}/{told['NAME']}"}
