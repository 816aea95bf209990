"""What the journal costs: facts against the same rows without, and the sealer against chaining in each transaction.

Every measurement runs in processes and databases of its own, made here and removed behind; the tables are the real
ones of tickets and journal. The sealer runs all the time; a rate counts until the last fact is sealed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

WRITERS = 4
ROUNDS = 7  # of each side, in turn; the median counts
_SERVER, _, _ = (os.environ.get("DATABASE_URL") or "postgresql://postgres@127.0.0.1:5432/").rpartition("/")


def run() -> Iterator[dict[str, Any]]:
    """Rows of `lilong bench journal` (DESIGN §6). Bounds: facts cost at most 1.5 times, the sealer is twice as fast."""
    with _installation() as environment:
        yield from _facts(environment, "SQLite")
    if not _postgresql():
        sys.stderr.write(f"bench journal: no PostgreSQL at {_SERVER}; its rows are left out\n")
        return
    with _installation(postgresql=True) as environment:
        yield from _facts(environment, "PostgreSQL")
    with _installation(postgresql=True) as ours, _installation(postgresql=True) as theirs:
        yield _sealer(ours, theirs)


def _facts(environment: dict[str, str], database: str) -> Iterator[dict[str, Any]]:
    with _child(environment, "seal"), _child(environment, "cost") as cost:
        for size, how in ((1, "one a transaction"), (500, "500 a transaction")):
            rounds = [tuple(map(float, _ask(cost, str(size)).split())) for _ in range(ROUNDS)]
            ours, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
            yield _row(f"facts, {how}, {database}", ours, theirs, "the same rows without facts", "us/row", "lower")


def _sealer(ours: dict[str, str], theirs: dict[str, str]) -> dict[str, Any]:
    rates: dict[str, list[float]] = {"sealed": [], "chained": []}
    with ExitStack() as stack:
        writers = {
            side: [stack.enter_context(_child(environment, "write", side)) for _ in range(WRITERS)]
            for side, environment in (("sealed", ours), ("chained", theirs))
        }
        stack.enter_context(_child(ours, "seal"))
        for _ in range(ROUNDS):
            for side, found in rates.items():
                began = time.monotonic()
                for writer in writers[side]:
                    _tell(writer, "2.0")  # seconds
                count = sum(int(_answer(writer)) for writer in writers[side])
                _ask(writers[side][0], "wait")  # until the last of them is sealed
                found.append(count / (time.monotonic() - began))
    who = "chaining inside the transaction, last row locked"
    sealed, chained = (statistics.median(found) for found in rates.values())
    return _row(f"sealer, {WRITERS} writers, PostgreSQL", sealed, chained, who, "facts/s", "higher")


def _row(case: str, ours: float, theirs: float, who: str, unit: str, better: str) -> dict[str, Any]:
    ratio = ours / theirs if better == "higher" else theirs / ours
    figures = {"ours": round(ours, 1), "theirs": round(theirs, 1), "who": who, "unit": unit, "ratio": round(ratio, 3)}
    return {"bench": "journal", "case": case, **figures, "better": better, "load": round(os.getloadavg()[0], 2)}


def _postgresql() -> bool:
    try:
        import psycopg

        psycopg.connect(f"{_SERVER}/postgres", connect_timeout=3).close()
    except (ImportError, OSError, psycopg.Error):
        return False
    return True


@contextmanager
def _installation(*, postgresql: bool = False) -> Iterator[dict[str, str]]:
    """The environment of an empty installation with its tables made."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="lilong-bench-"))
        url = ""
        if postgresql:
            import psycopg

            name = f"lilong_bench_{os.getpid()}_{time.monotonic_ns()}"
            server = stack.enter_context(psycopg.connect(f"{_SERVER}/postgres", autocommit=True))
            server.execute(f'CREATE DATABASE "{name}"')
            stack.callback(server.execute, f'DROP DATABASE "{name}" WITH (FORCE)')
            url = f"{_SERVER}/{name}"
        settings = {"LILONG_HOME": home, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "lilong.settings"}
        environment = {**os.environ, **settings}
        with _child(environment, "tables"):
            yield environment


@contextmanager
def _child(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "lilong.benches.journal_load", *words]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)  # noqa: S603  our own words
    try:
        if _answer(process) != "ready":
            raise RuntimeError(f"bench journal: {' '.join(words)} did not start")
        yield process
    finally:
        process.kill()
        process.communicate()


def _tell(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    print(word, file=process.stdin, flush=True)


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _ask(process: subprocess.Popen[str], word: str) -> str:
    _tell(process, word)
    return _answer(process)
