"""From a message to its finding: safe before it is acknowledged, the same after any end, nothing lost silently."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.journal import sealer
from lilong.kernel.sensing import actions, judge, log, queries
from lilong.kernel.sensing.flow import Outcome
from lilong.kernel.sensing.log import Log
from lilong.kernel.sensing.models import AsideCount, Finding, Stream
from lilong.kernel.sensing.tests import ground
from lilong.kernel.sensing.tests.ground import AT, BY, TABLE, WATCH, hourly, reading
from lilong.kernel.sensing.tests.running import Intake, Time, running

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture(autouse=True)
def chores_at_every_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROSTER", "COUNTS", "NEWEST", "SWEEP"):
        monkeypatch.setattr(judge, name, 0.0)


def body(readings: list[dict[str, object]]) -> bytes:
    return json.dumps(readings).encode()


def still(meter: int = 0, hours: int = 25, *, until: Any = AT) -> bytes:
    """Hourly readings of a counter that does not move."""
    return body(hourly(meter, [512.5] * hours, first=until - (hours - 1) * HOUR))


def run(folder: Path, *steps: Callable[[Intake, Time], Awaitable[None]], at: Any = AT) -> Time:
    """One run of intake; its steps one after another."""
    time = Time(at)

    async def whole() -> None:
        async with running(folder, time) as intake:
            for step in steps:
                await step(intake, time)
                if not intake.killed:
                    await intake.settle()

    asyncio.run(whole())
    return time


def sends(message: bytes, device: str = "G-0", *, told: Outcome | None = None) -> Callable[..., Awaitable[None]]:
    async def step(intake: Intake, time: Time) -> None:
        outcome = await intake.send(device, message)
        assert told is None or outcome == told

    return step


def waits(span: timedelta) -> Callable[..., Awaitable[None]]:
    async def step(intake: Intake, time: Time) -> None:
        time.pass_(span)

    return step


async def is_killed(intake: Intake, time: Time) -> None:
    await intake.kill()


def findings() -> list[tuple[str, str, float]]:
    return sorted((f.kind, f.state, f.hours) for f in queries.findings(SYSTEM))


def facts() -> Counter[str]:
    sealer.seal_all()
    return Counter(f.kind for f in journal.after(0) if f.kind.startswith("finding."))


def test_a_night_s_batch_becomes_a_finding_with_the_age_of_its_data(tmp_path: Path) -> None:
    there = ground.make()
    ground.bind(there)
    run(tmp_path, sends(still(), told=Outcome(25)))
    (found,) = queries.findings(SYSTEM)
    assert (found.kind, found.state, found.hours, found.data_as_of) == ("silence", "open", 24, AT)
    (newest,) = [s for s in queries.stream_status(SYSTEM) if s.newest_time]
    assert (newest.device_code, newest.newest_time, newest.newest_value) == ("W-0", AT, 512.5)


def test_nothing_is_acknowledged_before_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.make()
    order: list[str] = []
    sync = Log.sync

    def slow(log: Log) -> None:
        sync(log)
        order.append("synced")

    monkeypatch.setattr(Log, "sync", slow)

    async def send(intake: Intake, time: Time) -> None:
        futures = [intake.flow.take("G-0", body([reading(0, AT - k * HOUR, 5)])) for k in range(3)]
        assert not any(future.done() for future in futures)
        await asyncio.gather(*futures)
        order.append("acknowledged")

    run(tmp_path, send)
    assert order[:2] == ["synced", "acknowledged"]


def test_after_a_kill_the_log_gives_the_same_findings_none_twice_and_none_missing(tmp_path: Path) -> None:
    there = ground.make(3)
    ground.bind(there)
    run(tmp_path, sends(still(0)), is_killed)
    used = sends(body(hourly(0, [600.0], first=AT + HOUR)), told=Outcome(1))
    run(tmp_path, sends(still(1)), used, is_killed, at=AT + HOUR)
    run(tmp_path, is_killed)
    run(tmp_path)
    assert findings() == [("silence", "cleared", 24), ("silence", "open", 24)]
    assert facts() == {"finding.opened": 2, "finding.cleared": 1}


def test_a_reading_acknowledged_in_the_moment_of_the_kill_still_makes_its_finding(tmp_path: Path) -> None:
    there = ground.make()
    ground.bind(there)

    async def send_and_die(intake: Intake, time: Time) -> None:
        intake.judge.stop()
        await intake.tasks[1]
        await intake.send("G-0", still())
        await intake.kill()

    run(tmp_path, send_and_die)
    assert findings() == []
    run(tmp_path)
    assert findings() == [("silence", "open", 24)]


@pytest.mark.parametrize("damage", ["", "cut", "other version"])
def test_with_or_without_its_checkpoint_a_start_ends_in_the_same_state(tmp_path: Path, damage: str) -> None:
    there = ground.make()
    ground.bind(there)
    run(tmp_path, sends(still(0, 26)), sends(still(1, 200)))
    kept = tmp_path / judge.CHECKPOINT
    assert kept.exists()
    if damage == "cut":
        kept.write_bytes(kept.read_bytes()[:-9])
    elif damage:
        kept.unlink()
    late = body([reading(0, AT - 12 * HOUR - HOUR / 2, 700.0)])
    run(tmp_path, sends(late), sends(body(hourly(1, [512.5], first=AT + HOUR))), at=AT + HOUR)
    assert findings() == [("meter_reset", "cleared", 0.5), ("silence", "open", 199), ("silence", "withdrawn", 25)]


def test_late_data_within_the_lateness_shorten_and_past_it_are_kept_counted_and_change_nothing(tmp_path: Path) -> None:
    there = ground.make(1)
    ground.bind(there)
    run(
        tmp_path,
        sends(still(0, 49)),
        sends(body([reading(0, AT - 40 * HOUR - HOUR / 2, 512.0)]), told=Outcome(1)),
        sends(body([reading(0, AT - 100 * HOUR, 100.0)]), told=Outcome(1)),
    )
    assert ("silence", "open", 40.0) in findings()
    assert list(AsideCount.objects.values_list("device_code", "reason", "n")) == [("W-0", "late", 1)]


MALFORMED = "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"


def test_what_is_put_aside_is_kept_with_its_reason_counted_and_told_once_a_day(tmp_path: Path) -> None:
    ground.make()
    good = reading(0, AT, 5)
    batch = [good, good, reading(0, AT + HOUR, 6), reading(7, AT, 6), {**good, "value": "?"}]
    told = Outcome(1, ((1, "duplicate"), (2, "future"), (3, "unknown_device"), (4, "not_a_number")))
    run(
        tmp_path,
        sends(body(batch), told=told),
        sends(body([good])),
        sends(
            b"{",
            told=Outcome(
                0,
                ((0, "malformed"),),
                "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            ),
        ),
    )
    lines = [json.loads(line) for line in (tmp_path / f"aside-{AT:%Y-%m-%d}.jsonl").read_text().splitlines()]
    assert Counter(line["reason"] for line in lines) == {
        "duplicate": 2, "future": 1, "unknown_device": 1, "not_a_number": 1, "malformed": 1,
    }  # fmt: skip
    assert Counter(line["device"] for line in lines) == {"W-0": 4, "G-0": 2}, "the meter, where it is known"
    assert all(line["raw"] for line in lines)
    assert AsideCount.objects.get(device_code="W-0", reason="duplicate").n == 2
    sealer.seal_all()
    assert Counter(f.data["reason"] for f in journal.after(0) if f.kind == "stream.aside")["duplicate"] == 1


def test_no_data_is_decided_by_the_clock_and_a_batch_that_fills_the_gap_withdraws_it(tmp_path: Path) -> None:
    there = ground.make(1)
    ground.bind(there)
    using = [float(20 * n) for n in range(60)]
    run(
        tmp_path,
        sends(body(hourly(0, using[:10], first=AT - 9 * HOUR))),
        waits(2 * DAY),
    )
    assert findings() == [], "a day without data, and a day in which the nightly batch may still come"
    run(tmp_path, waits(2 * HOUR + HOUR / 60), at=AT + 2 * DAY)
    assert [f[:2] for f in findings()] == [("no_data", "open")]
    run(tmp_path, sends(body(hourly(0, using[10:], first=AT + HOUR))), at=AT + 2 * DAY + 3 * HOUR)
    assert [f[:2] for f in findings()] == [("no_data", "withdrawn")]


def test_a_gap_that_stays_is_cleared_with_its_true_length(tmp_path: Path) -> None:
    there = ground.make(1)
    ground.bind(there)
    run(tmp_path, sends(body([reading(0, AT, 5)])), waits(2 * DAY + HOUR), waits(2 * HOUR))
    (open_one,) = queries.findings(SYSTEM)
    assert (open_one.kind, open_one.state, open_one.start) == ("no_data", "open", AT)
    run(tmp_path, sends(body([reading(0, AT + 50 * HOUR, 6)])), at=AT + 52 * HOUR)
    assert findings() == [("no_data", "cleared", 50)]


def test_that_we_did_not_listen_ourselves_makes_nobody_overdue(tmp_path: Path) -> None:
    there = ground.make(1)
    ground.bind(there)
    run(tmp_path, sends(body([reading(0, AT, 5)])))
    run(tmp_path, waits(HOUR), at=AT + 30 * DAY)
    assert findings() == []
    run(tmp_path, waits(24 * HOUR), at=AT + 30 * DAY + HOUR)
    assert findings() == [], "one night, and two readings more"
    run(tmp_path, waits(2 * HOUR), at=AT + 31 * DAY + HOUR)
    assert [f[:2] for f in findings()] == [("no_data", "open")], "the nights before were heard by the runs before"


def test_a_changed_number_counts_within_a_second_over_what_is_held(tmp_path: Path) -> None:
    there = ground.make(1)
    ground.bind(there)
    shorter = {**TABLE, "silence": {"for": "6h", "under": "10 L", "max_step": "2h"}}

    async def change(intake: Intake, time: Time) -> None:
        await asyncio.to_thread(in_thread, lambda: ground.bind(there, shorter))

    run(tmp_path, sends(still(0, 8)), change)
    assert findings() == [("silence", "open", 7)]


def test_a_watch_that_ends_is_no_longer_looked_at(tmp_path: Path) -> None:
    there = ground.make(1)
    ground.bind(there)

    async def end(intake: Intake, time: Time) -> None:
        await asyncio.to_thread(in_thread, lambda: actions.unbind(WATCH, [100], by=BY, at=AT))

    run(tmp_path, sends(still()), end, sends(body(hourly(0, [512.5] * 4, first=AT + HOUR))), at=AT + 5 * HOUR)
    assert findings() == [("silence", "cleared", 24)]


def test_a_year_of_back_filled_readings_is_history_found_and_over(tmp_path: Path) -> None:
    there = ground.make(1)
    ground.bind(there)
    litres, value = [], 0.0
    for day in range(60):
        for _ in range(24):
            value += 0 if day % 20 in (5, 6) else 20
            litres.append(value)
    run(tmp_path, sends(body(hourly(0, litres, first=AT - 1439 * HOUR))))
    assert findings() == [("silence", "cleared", 48), ("silence", "cleared", 48), ("silence", "cleared", 48)]
    assert facts() == {"finding.opened": 3, "finding.cleared": 3}


def test_what_was_read_is_there_for_charts_and_back_tests_each_time_once(tmp_path: Path, settings: Any) -> None:
    there = ground.make(2)
    settings.LILONG_HOME = tmp_path
    late, twice = [reading(0, AT - 90 * HOUR, 0.5)], [reading(0, AT - HOUR, 9.0)]
    run(
        tmp_path / "readings",
        sends(body(hourly(0, [1.0, 2.0, 3.5], first=AT - 2 * HOUR))),
        sends(body([*late, *twice, *hourly(1, [7.0], first=AT)])),
    )
    one, other = there.streams
    assert [(r.time, r.value) for r in queries.recent_readings(one, AT - HOUR)] == [(AT - HOUR, 2.0), (AT, 3.5)]
    assert [r.value for r in queries.recent_readings(one, AT - 100 * HOUR)] == [0.5, 1.0, 2.0, 3.5]
    found = queries.series([one, other, 999], AT - 2 * HOUR)
    assert {stream: values.tolist() for stream, (_, values) in found.items()} == {
        one: [1000, 2000, 3500],
        other: [7000],
    }
    assert queries.series([one], AT + HOUR) == {}


def test_what_is_older_than_ninety_days_is_removed_from_log_and_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "FORGETTING", 0.0)
    ground.make(1)
    later = AT + 91 * DAY
    run(tmp_path, sends(body([reading(0, AT, 1)])), sends(b"{"))
    run(tmp_path, sends(body([reading(0, later, 2)])), sends(b"["), at=later)
    kept = [value for _, piece in log.read(tmp_path) for value in piece["value"].tolist()]
    assert kept == [2.0]
    assert [path.name for path in tmp_path.glob("aside-*")] == [f"aside-{later:%Y-%m-%d}.jsonl"]


def in_thread(job: Callable[[], object]) -> None:
    """Run a job with a database connection of its own."""
    from django.db import connection

    try:
        job()
    finally:
        connection.close()


def test_streams_of_new_devices_are_taken_up_while_it_runs(tmp_path: Path) -> None:
    there = ground.make(1)
    Stream.objects.update(removed_at=AT)

    async def add(intake: Intake, time: Time) -> None:
        await asyncio.to_thread(in_thread, lambda: actions.sync_streams(by=BY, at=AT))

    run(tmp_path, sends(body([reading(0, AT, 1)]), told=Outcome(0, ((0, "unknown_device"),))), add,
        sends(body([reading(0, AT, 1)]), told=Outcome(1)))  # fmt: skip
    assert Finding.objects.count() == 0
    assert there.streams
