"""The live feed as a process of its own against real doors: it catches up, speaks, waits, goes on, stops cleanly."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lilong.kit.clock import Clock
from lilong.simulator import files, world
from lilong.simulator.__main__ import app
from lilong.simulator.feed import network, state
from lilong.simulator.feed.deliveries import Deliveries
from lilong.simulator.water import QUARTER

from .doors import Readings, free_port, http_door, mqtt_door


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    files.write(world.make("small", 7), folder)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Clock(time.time(), world.START.timestamp(), 300.0).save(tmp_path / "clock.json")
    (tmp_path / "gateway.json").write_text(json.dumps({"code": "990001001-JZQ-01", "token": "secret"}))
    return tmp_path


@contextmanager
def feed(home: Path, small: Path, http: str, mqtt: int) -> Iterator[Callable[[], str]]:
    """The process, and what it has said; it is told to stop at the end and has to do so cleanly."""
    said = home / "said"
    with said.open("w") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "lilong.simulator", "live", "--home", str(home), "--files", str(small),
             "--http", http, "--mqtt", f"127.0.0.1:{mqtt}", "--gateway-file", str(home / "gateway.json")],
            stderr=words,
        )  # fmt: skip
        try:
            yield said.read_text
        finally:
            process.terminate()
            code = process.wait(10)
    assert code == 0, said.read_text()


def wait_until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def expected(small: Path, until: float) -> set[tuple[str, str, int]]:
    """Every reading that arrives from the midnight four days before the demonstration to a time."""
    told = network.read(small, world.START)
    made = Deliveries(told)
    first = told.midnight(-network.BACKFILL_DAYS) * QUARTER
    return {
        (one.device, one.as_json()["time"], one.value)
        for day in range(-4, told.day_of(until) + 1)
        for delivery in made.day(day).deliveries
        if first < delivery.at <= until
        for one in delivery.readings
    }


def readings(batches: list[Readings]) -> set[tuple[str, str, int]]:
    return {reading for batch in batches for reading in batch}


def test_it_back_fills_by_http_goes_on_by_mqtt_and_resumes_after_a_restart(home: Path, small: Path) -> None:
    port = free_port()
    with http_door(refusals=[503, 401]) as posted, mqtt_door(port) as broker:
        with feed(home, small, posted.url, port):
            wait_until(lambda: len(broker.readings) > 100)
        first = state.load(state.folder_of(home))
        assert first is not None
        batches, already = len(posted.batches), len(broker.readings)
        with feed(home, small, posted.url, port):
            wait_until(lambda: len(broker.readings) > already + 40)
        last = state.load(state.folder_of(home))
        assert last is not None
        arrived = readings([*posted.batches, broker.readings])
    assert posted.tokens == {"Bearer secret"}
    assert set(broker.signed) == {("990001001-JZQ-01", "secret")}
    assert broker.topics == {"lilong/devices/990001001-JZQ-01/readings"}
    assert max(len(batch) for batch in posted.batches) <= 2_000
    assert len(readings(posted.batches)) > 6_500
    assert len(posted.batches) <= batches + 1
    assert (last.began, last.delivered > first.delivered) == (first.began, True)
    assert expected(small, last.delivered) <= arrived <= expected(small, last.delivered + 86_400)


def test_truth_is_written_for_each_day_reached(home: Path, small: Path) -> None:
    port = free_port()
    with http_door() as posted, mqtt_door(port) as broker, feed(home, small, posted.url, port):
        wait_until(lambda: len(broker.readings) > 20)
    lines = [json.loads(line) for line in (home / "simulator" / "truth-live.jsonl").read_text().splitlines()]
    hero = [line for line in lines if line["name"] == "hero"]
    assert [line["expect"] for line in hero] == ["silence"]
    assert datetime.fromisoformat(hero[0]["start"]) < world.START
    assert {line["name"] for line in lines} >= {"drip", "taken_by_family", "meter_offline", "burst_hose"}


def test_it_waits_for_token_server_and_broker_and_says_so_once(home: Path, small: Path) -> None:
    port = free_port()
    token = (home / "gateway.json").read_text()
    (home / "gateway.json").unlink()
    with http_door(refusals=[503] * 3) as posted, feed(home, small, posted.url, port) as said:
        wait_until(lambda: "not there; waiting" in said())
        time.sleep(1.2)
        (home / "gateway.json").write_text(token)
        wait_until(lambda: posted.batches)
        time.sleep(1.5)  # the broker is still away; more than one try fails
        with mqtt_door(port, refusals=1) as broker:
            wait_until(lambda: broker.readings)
            words = said()
    assert words.count("not there; waiting") == 1
    assert words.count("answers 503; waiting") == 1
    assert words.count("no connection; waiting") == 1
    assert words.count("sign-in refused") == 1
    assert words.count(f"MQTT 127.0.0.1:{port}: works again") == 1


def test_a_broker_that_goes_away_and_comes_back_misses_nothing(home: Path, small: Path) -> None:
    port = free_port()
    with http_door() as posted, feed(home, small, posted.url, port):
        with mqtt_door(port) as before:
            wait_until(lambda: len(before.readings) > 40)
        time.sleep(0.5)
        with mqtt_door(port) as after:
            wait_until(lambda: len(after.readings) > 40)
    kept = state.load(state.folder_of(home))
    assert kept is not None
    assert expected(small, kept.delivered) - readings([*posted.batches, before.readings, after.readings]) == set()


def test_it_stops_at_once_while_it_waits_for_somebody(home: Path, small: Path) -> None:
    with feed(home, small, f"http://127.0.0.1:{free_port()}", free_port()) as said:
        wait_until(lambda: said().count("no connection") == 2)
        asked = time.monotonic()
    assert time.monotonic() - asked < 3


@pytest.mark.parametrize(("words", "said"), [
    (["write", "--out", "/nowhere", "--scale", "huge"], "there are demo, small"),
    (["write", "--out", "/nowhere", "--start", "tomorrow"], "tomorrow"),
    (["score", "--home", "/nowhere", "--findings", "/nowhere"], "no simulator has run"),
])  # fmt: skip
def test_a_wrong_order_is_answered_with_what_is_wrong(words: list[str], said: str) -> None:
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 2
    assert said in told.output
