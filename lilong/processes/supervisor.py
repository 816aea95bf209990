"""Starts the processes of an installation, starts one again when it falls, and stops them all cleanly."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PATIENCE = 10.0  # seconds a process may take to stop before it is killed
BACK_OFF = (0.2, 1.0, 3.0, 10.0)  # seconds before a fallen process is started again
STEADY = 30.0  # seconds after which earlier falls are forgotten


class AlreadyUp(RuntimeError):
    """Another `lilong up` runs this installation."""


@dataclass
class Child:
    """One process of the installation: its name, its command, and how it has been doing."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    again_at: float = 0.0


@dataclass
class Supervisor:
    """Runs `children` with `environment` until told to stop; `say` gets one line per event, for who watches."""

    home: Path
    environment: dict[str, str]
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    _lock: IO[str] | None = None

    def add(self, name: str, *command: str) -> None:
        """A process run as `python -m …`."""
        self.children.append(Child(name, [sys.executable, "-m", *command]))

    def lock(self) -> None:
        """Make sure that one `up` alone runs this installation. Raises AlreadyUp."""
        folder = self.home / "run"
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "up.lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise AlreadyUp(f"{self.home}: this installation is running already; stop it first") from None
        self._lock = handle

    def run(self) -> None:
        """Start everything and watch over it until `stop` is set, SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        try:
            self.start()
            while not self.stop.wait(0.2):
                for child in self.children:
                    self._look_after(child)
        finally:
            self.close()

    def start(self) -> None:
        """Start every process once."""
        for child in self.children:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603 - our own modules by our own interpreter
            child.command, env=self.environment, start_new_session=True
        )
        child.started = time.monotonic()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None and (code := child.process.poll()) is not None:
            if now - child.started > STEADY:
                child.falls = 0
            wait = BACK_OFF[min(child.falls, len(BACK_OFF) - 1)]
            child.falls += 1
            child.process = None
            child.again_at = now + wait
            self.say(f"{child.name}: ended with {code}; starting again in {wait:g} s")
        elif child.process is None and now >= child.again_at:
            self._start(child)

    def close(self) -> None:
        """Stop every process that runs, and let another `up` have the installation."""
        running = [child for child in self.children if child.process is not None and child.process.poll() is None]
        for child in reversed(running):  # the simulator first, then those who take what it sends
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        for child in running:
            assert child.process is not None
            try:
                child.process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name}: did not stop within {PATIENCE:g} s and was ended")
                _signal(child, signal.SIGKILL)
                child.process.wait()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _signal(child: Child, number: int) -> None:
    assert child.process is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)


def free_port(host: str, wanted: int) -> int:
    """`wanted` when nobody listens there, else a free port the system picks."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"{host}: no port is free")
