"""The journal under real processes on either database: whoever follows `seq` meets every fact exactly once.

Ids are drawn before a transaction commits, so on PostgreSQL a reader of `id > last` never saw 186 of 7,273 facts
(measured before choosing). Four writers with random delays, rollbacks, a sealer that is killed again and again, and
readers that follow it meanwhile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

WRITERS = 4
TRANSACTIONS = {"postgresql": 150, "sqlite": 40}  # of each writer; SQLite lets one write at a time
POSTGRES, _, _ = (os.environ.get("DATABASE_URL") or "postgresql://postgres@127.0.0.1:5432/").rpartition("/")

START = """
import json, random, sys, threading, time
from datetime import UTC, datetime
from lilong import settings
settings.INSTALLED_APPS = ["lilong.kernel.journal"]  # seven processes start on two cores
import django
django.setup()
"""
WRITE = """
from django.db import transaction
from lilong.kernel.journal import actions
number, transactions = int(sys.argv[1]), int(sys.argv[2])
dice, written = random.Random(number), []
at = datetime(2026, 11, 22, tzinfo=UTC)
for turn in range(transactions):
    ids = []
    try:
        with transaction.atomic():
            for part in range(dice.randint(1, 3)):
                ids.append(actions.write("ticket.noted", subject=("ticket", turn), by=f"account:{number}", at=at))
                time.sleep(dice.random() * 0.008)
            if dice.random() < 0.1:
                raise InterruptedError
        written += ids
    except InterruptedError:
        pass
print(json.dumps(written))
"""
SEAL = """
from lilong.kernel.journal import sealer
print("sealing", flush=True)
sealer.run(threading.Event())
"""
FOLLOW = """
from pathlib import Path
from lilong.kernel.journal import queries
seen, seq, total, until = [], 0, Path(sys.argv[1]), time.monotonic() + 90
while time.monotonic() < until and not (total.exists() and len(seen) >= int(total.read_text())):
    facts = queries.after(seq, limit=7)
    seen += [(fact.seq, fact.id) for fact in facts]
    seq = facts[-1].seq if facts else seq
    time.sleep(0 if facts else 0.003)
time.sleep(0.3)
print(json.dumps(seen + [(fact.seq, fact.id) for fact in queries.after(seq)]))
"""
FOLLOW_IDS = """
from pathlib import Path
from lilong.kernel.journal.models import Fact
seen, last, total = [], 0, Path(sys.argv[1])
while not total.exists():
    ids = list(Fact.objects.filter(id__gt=last).order_by("id").values_list("id", flat=True))
    seen += ids
    last = ids[-1] if ids else last
    time.sleep(0.003)
print(json.dumps(seen))
"""
CHECK = """
from lilong.kernel.journal import verify
report = verify.check()
print(json.dumps([report.facts, report.unsealed, [problem.words for problem in report.problems]]))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An installation of its own on each database; PostgreSQL's is made for the test and dropped behind it."""
    found = {
        **os.environ,
        "LILONG_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "lilong.settings",
        "DATABASE_URL": "",
    }
    if request.param == "sqlite":
        yield found
        return
    psycopg = pytest.importorskip("psycopg", reason="the extra [postgres] is not installed")
    name = f"lilong_engines_{os.getpid()}"
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {POSTGRES} (DATABASE_URL names another): {error}")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {**found, "DATABASE_URL": f"{POSTGRES}/{name}"}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(environment: dict[str, str], script: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START + script, *map(str, words)],
        env=environment, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip


def answer(process: subprocess.Popen[str]) -> list:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out)


def test_every_fact_is_met_exactly_once_in_dense_order_whatever_dies(
    environment: dict[str, str], tmp_path: Path
) -> None:
    migrate = [sys.executable, "-m", "django", "migrate", "journal", "--verbosity", "0", "--skip-checks"]
    subprocess.run(migrate, env=environment, check=True, timeout=120)
    total = tmp_path / "total"
    engine = "postgresql" if environment["DATABASE_URL"] else "sqlite"
    sealer = start(environment, SEAL)
    try:
        followers = [start(environment, FOLLOW, total) for _ in range(2)]
        naive = start(environment, FOLLOW_IDS, total)
        writers = [start(environment, WRITE, number, TRANSACTIONS[engine]) for number in range(WRITERS)]
        while any(writer.poll() is None for writer in writers):
            assert sealer.stdout and sealer.stdout.readline() == "sealing\n"
            time.sleep(0.3)
            sealer.kill()
            sealer.wait()
            sealer = start(environment, SEAL)
        written = sorted(fact for writer in writers for fact in answer(writer))
        total.write_text(str(len(written)))
        seen, again = (answer(follower) for follower in followers)
    finally:
        sealer.kill()
        sealer.wait()

    assert len(written) > WRITERS * TRANSACTIONS[engine]
    assert [seq for seq, _ in seen] == list(range(1, len(written) + 1))
    assert sorted(fact for _, fact in seen) == written
    assert again == seen
    by_id = answer(naive)
    if engine == "postgresql":
        assert len(by_id) < len(written), "whoever follows ids missed nothing: this run has proved nothing"
    assert answer(start(environment, CHECK)) == [len(written), 0, []]
