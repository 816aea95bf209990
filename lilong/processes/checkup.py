"""What `lilong doctor` looks at: each check says how it stands and, when it is not well, what to do."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from lilong.kernel.engine import scenarios
from lilong.kernel.engine.declaration import DeclarationError
from lilong.kit import clock

PROCESSES = ("web", "intake", "worker")
SILENT = 10.0  # seconds without a heartbeat
DISK_LOW = 2 * 1024**3


@dataclass(frozen=True)
class Check:
    """One check: `state` ok, warn or bad; `words` what was seen; `todo` what to do about it."""

    name: str
    state: str
    words: str
    todo: str = ""


def every() -> list[Check]:
    """All checks, in the order in which a person would mend them."""
    checks: list[Callable[[], Check]] = [python, home, keys, disk, database, tables, scenario_folders, clock_check]
    found = [check() for check in checks]
    if not any(c.state == "bad" and c.name in {"database", "tables"} for c in found):
        found += [failures(), quarantine(), journal_head()]
    return found + [process(name) for name in PROCESSES]


def line(check: Check) -> str:
    """One line for a terminal."""
    mark = {"ok": "✓", "warn": "!", "bad": "✗"}[check.state]
    return f"{mark} {check.name:12} {check.words}" + (f"\n    → {check.todo}" if check.todo else "")


def python() -> Check:
    """The interpreter and SQLite it was built with."""
    words = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Check("python", "bad", words, "use Python 3.11, 3.12 or 3.13")
    return Check("python", "ok", words)


def home() -> Check:
    """The folder of the installation, which must be writable."""
    path: Path = settings.LILONG_HOME
    words = f"{path}{' (demonstration)' if settings.DEMO else ''}"
    if not os.access(path, os.W_OK):
        return Check("home", "bad", words, "let the user who runs lilong write there, or set LILONG_HOME")
    return Check("home", "ok", words)


def keys() -> Check:
    """Key files readable by their owner alone."""
    folder: Path = settings.LILONG_HOME / "keys"
    loose = [p.name for p in folder.glob("*") if p.stat().st_mode & 0o077]
    if loose:
        return Check("keys", "bad", f"readable by others: {', '.join(loose)}", f"chmod 600 {folder}/*")
    return Check("keys", "ok", f"{len(list(folder.glob('*.key')))} keys; keep a copy apart from the database")


def disk() -> Check:
    """Room for a while."""
    free = shutil.disk_usage(settings.LILONG_HOME).free
    words = f"{free / 1024**3:.1f} GiB free"
    return Check("disk", "ok" if free > DISK_LOW else "warn", words, "" if free > DISK_LOW else "make room")


def database() -> Check:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", "bad", str(error).strip(), "start it, or correct DATABASE_URL")
    return Check("database", "ok", f"{connection.vendor} {connection.settings_dict['NAME']}")


def tables() -> Check:
    """All migrations are applied."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Check("tables", "bad", str(error).strip(), "see database")
    if waiting:
        return Check("tables", "bad", f"{len(waiting)} changes of tables are waiting", "lilong up applies them")
    return Check("tables", "ok", "up to date")


def scenario_folders() -> Check:
    """Every scenario folder can be used."""
    try:
        found = scenarios.every()
    except DeclarationError as error:
        return Check("scenarios", "bad", str(error), "correct the file named")
    running = sum(declared.running for declared in found.values())
    return Check("scenarios", "ok", f"{len(found)} found, {running} running")


def clock_check() -> Check:
    """The installation's time and pace."""
    now, pace = clock.now().astimezone(clock.SHANGHAI), clock.clock().rate
    words = f"{now:%Y-%m-%d %H:%M} Shanghai, {pace:g} times real time"
    return Check("clock", "ok" if pace == 1 or settings.DEMO else "warn", words)


def failures() -> Check:
    """Facts that a scenario could not handle."""
    from lilong.kernel.engine import queries

    waiting = queries.failures()
    if waiting:
        last = waiting[-1]
        return Check("engine", "warn", f"{len(waiting)} facts not handled, last {last.seq}: {last.error[:100]}",
                     "mend the scenario; the facts are kept")  # fmt: skip
    return Check("engine", "ok", "every fact handled")


def quarantine() -> Check:
    """Rows that wait for a person."""
    from lilong.kernel.lake.models import Quarantine

    waiting = Quarantine.objects.filter(settled_at=None).count()
    return Check("quarantine", "ok" if not waiting else "warn", f"{waiting} rows wait for a person to look at them")


def journal_head() -> Check:
    """How many facts are sealed."""
    from lilong.kernel.journal import queries

    return Check("journal", "ok", f"{queries.head()} facts sealed; `lilong verify` checks every one")


def process(name: str) -> Check:
    """A process's last heartbeat."""
    path: Path = settings.LILONG_HOME / "run" / f"{name}.json"
    if not path.exists():
        return Check(name, "warn", "not running", "lilong up")
    age = time.time() - json.loads(path.read_text())["real"]
    if age > SILENT:
        return Check(name, "warn", f"last heard of {age:.0f} s ago", "lilong up")
    return Check(name, "ok", "running")
