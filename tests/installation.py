"""A real installation in a folder of its own: the same `lilong up` a user runs, driven from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar

from tests.house.tracked import ROOT

Found = TypeVar("Found")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], Found | None], *, seconds: float, what: str) -> Found:
    """Look again and again until there is something; fails naming what never came."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.01)
    raise AssertionError(f"{what}: not within {seconds:g} s")


class Visitor:
    """Somebody with a browser's cookies and no JavaScript."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self._open(urllib.request.Request(self.address + path, headers=headers))

    def post(self, path: str, *, form_on: str = "", **fields: str) -> tuple[int, str]:
        """Post a form; its token is read from the page `form_on` (default: the same path)."""
        _, page = self.get(form_on or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, f"no form on {form_on or path}"
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        return self._open(urllib.request.Request(self.address + path, data=data, headers={"Referer": self.address}))

    def sign_in(self, username: str) -> Visitor:
        status, page = self.post("/sign-in", demo=username)
        assert status == 200, page[:300]
        return self

    def lines(self, path: str, **headers: str) -> Iterator[str]:
        """The lines of an event stream, as they come."""
        with self.opener.open(urllib.request.Request(self.address + path, headers=headers), timeout=60) as stream:
            for line in stream:
                yield line.decode().rstrip("\n")

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")


class Installation:
    """One `lilong up`; `home` is its LILONG_HOME."""

    def __init__(self, home: Path, *, rate: float = 60.0, sensors: bool = True, **environment: str) -> None:
        self.home = home
        self.words = ["--rate", str(rate), "--sensors" if sensors else "--no-sensors"]
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("LILONG_", "DATABASE_URL", "DJANGO_", "PYTEST_"))
        }
        self.environment = {
            **kept, "LILONG_HOME": str(home), "LILONG_MQTT_PORT": str(free_port()), "PYTHONPATH": str(ROOT),
            **environment,
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def mqtt_port(self) -> int:
        return int(self.environment["LILONG_MQTT_PORT"])

    def start(self, *, seconds: float = 120) -> Installation:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lilong.cli", "up", "--port", str(self.port), *self.words],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until(self._served, seconds=seconds, what=f"the first page ({self.home / 'up.log'})")
        return self

    def _served(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "up.log").read_text()[-4000:]
        try:
            return Visitor(self.address).get("/healthz")[0] == 200
        except OSError:
            return False

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)

    def kill_one(self, name: str) -> None:
        """kill -9 one of the processes."""
        os.kill(self.pid(name), signal.SIGKILL)

    def pid(self, name: str) -> int:
        told: dict[str, Any] = json.loads((self.home / "run" / f"{name}.json").read_text())
        return int(told["pid"])

    def visitor(self) -> Visitor:
        return Visitor(self.address)

    def lilong(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command in this installation."""
        return subprocess.run(
            [sys.executable, "-m", "lilong.cli", *words], env=self.environment, cwd=ROOT, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip

    def ask(self, code: str) -> Any:
        """Run a few lines of Python in this installation; they leave what they found in `answer`."""
        whole = f"import django, json; django.setup()\n{code}\nprint(json.dumps(answer))"
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "lilong.settings"}
        done = subprocess.run(
            [sys.executable, "-c", whole], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def installed(home: Path, *, rate: float = 60.0, sensors: bool = True, **environment: str) -> Iterator[Installation]:
    """An installation that runs inside the block and is stopped after it, whatever happens."""
    there = Installation(home, rate=rate, sensors=sensors, **environment).start()
    try:
        yield there
    finally:
        if there.process is not None and there.process.poll() is None:
            there.stop()
