"""What a process of the load does: tickets with and without facts, facts sealed or chained by the writer itself."""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from django.core.management import call_command
from django.db import connection, transaction

from lilong.kernel.journal import actions, digest, sealer
from lilong.kernel.journal.models import Fact, Seal
from lilong.kernel.tickets.models import Ticket

AT = datetime(2026, 11, 22, 6, 10, tzinfo=UTC)
_numbers = count(os.getpid() * 1_000_000)  # no two writers meet


def ticket(number: int) -> Ticket:
    """A ticket as the story of the elder's water makes it."""
    return Ticket(
        kind="welfare_check",
        scenario="elder_water_silence",
        field="risk_warning",
        title="{home.address}：{hours} 小时几乎未用水",
        facts={"hours": 24, "litres": 3.5},
        plan={"finish": "4h", "no_answer": ["family", "neighbour", "key_holder", "property", "police"]},
        finding_id=number,
        home_id=number,
        person_id=number,
        path=f"/1/4/{number % 97}/{number}/",
        state="waiting",
        desk="committee",
        to="committee",
        urgency="urgent",
        opened_at=AT,
        due_at=AT + timedelta(hours=4),
        data_as_of=AT,
    )


def fact(row: Ticket) -> actions.NewFact:
    """The fact that goes with it."""
    data = {"state": row.state, "desk": row.desk, "scenario": row.scenario, "field": row.field, "quiet": row.quiet}
    data |= {"urgency": row.urgency, "finding": row.finding_id, "due": row.due_at.isoformat()}
    return actions.NewFact(
        "ticket.opened", ("ticket", row.pk or row.home_id), "scenario:elder_water_silence", AT, row.path, data
    )


def cost(size: str) -> str:
    """Microseconds a row with facts, and without: the medians of transactions of `size` rows, one of each in turn."""
    rows = int(size)
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(200 if rows == 1 else 8):
        began = time.perf_counter()
        with transaction.atomic():
            tickets = [ticket(next(_numbers)) for _ in range(rows)]
            if rows == 1:
                tickets[0].save(force_insert=True)
            else:
                Ticket.objects.bulk_create(tickets)
            if turn % 2 == 0:
                actions.write_many([fact(one) for one in tickets])
        times[turn % 2].append((time.perf_counter() - began) / rows * 1e6)
    return " ".join(str(statistics.median(found)) for found in times)


def write(*, chained: bool) -> Callable[[str], str]:
    """Told a number of seconds, commits facts one by one for so long; answers how many."""

    def during(seconds: str) -> str:
        if seconds == "wait":
            return wait()
        until, done = time.monotonic() + float(seconds), 0
        subject = ticket(os.getpid())
        while time.monotonic() < until:
            with transaction.atomic():
                (written,) = actions.write_many([fact(subject)])
                if chained:
                    chain(written)
            done += 1
        return str(done)

    return during


def chain(written: int) -> None:
    """The peer, as one would write it: lock the last link, add the next, remember it; at the transaction's very end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, chain FROM bench_last FOR UPDATE")
        seq, last = cursor.fetchone()
        link = digest.link(bytes(last), seq + 1, written, b"digest")
        cursor.execute("INSERT INTO journal_seal (seq, fact_id, chain) VALUES (%s, %s, %s)", [seq + 1, written, link])
        cursor.execute("UPDATE bench_last SET seq = %s, chain = %s", [seq + 1, link])


def wait() -> str:
    """Until the last fact has its seal."""
    last = Fact.objects.latest("id").id
    while not Seal.objects.filter(fact_id=last).exists():
        time.sleep(0.002)
    return "sealed"


def tables() -> None:
    """All tables of the measurement, and the peer's last link."""
    for block in ("journal", "tickets"):
        call_command("migrate", block, verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE bench_last (seq bigint, chain {'bytea' if connection.vendor == 'postgresql' else 'blob'})"
        )
        cursor.execute("INSERT INTO bench_last VALUES (0, '')")


def serve(job: str, *words: str) -> None:
    """Get ready for the job, say so, then answer line by line until killed."""
    if job == "tables":
        tables()
    elif job == "seal":
        threading.Thread(target=sealer.run, args=(threading.Event(),), daemon=True).start()
    else:
        Fact.objects.exists()  # connected
    _say("ready")
    does = {"cost": cost, "write": write(chained="chained" in words)}.get(job)
    for line in sys.stdin:
        if does:
            _say(does(line.strip()))


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()
