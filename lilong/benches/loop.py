"""From a reading's publication to the event at a signed-in page, stage by stage, under 1,000 readings a second."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt

from lilong.benches.rig import Listener, Rig

TRIALS = 100
RATE = 1000  # readings a second in the background, through the same broker
BOUND = 1.0  # seconds, p99, from publication to the page
APART = 0.45  # seconds between trials
SILENCE = timedelta(hours=24)


def run() -> Iterator[dict[str, Any]]:
    """Rows of `lilong bench loop`: one a stage (p50 and p99), and the whole against its bound."""
    with tempfile.TemporaryDirectory(prefix="lilong-bench-") as folder, Rig(Path(folder)) as rig:
        stages = _measure(rig)
    load = os.getloadavg()[0]
    for stage, took in stages.items():
        yield _row(f"{stage}, p50", statistics.median(took), load)
        yield _row(f"{stage}, p99", statistics.quantiles(took, n=100)[98], load)


def _row(case: str, seconds: float, load: float) -> dict[str, Any]:
    return {
        "bench": "loop", "case": case, "ours": round(seconds * 1000, 1), "theirs": BOUND * 1000, "who": "bound",
        "unit": "ms", "ratio": round(BOUND / seconds, 2), "better": "lower", "load": round(load, 2),
        "trials": TRIALS, "background_per_s": RATE,
    }  # fmt: skip


def _measure(rig: Rig) -> dict[str, list[float]]:
    """Seconds from publication to: acknowledgement, finding written, ticket written, event at the page."""
    homes = rig.watched_devices()[:TRIALS]
    if len(homes) < TRIALS:
        raise RuntimeError(f"the demonstration has {len(homes)} watched meters; {TRIALS} are needed")
    begins = time.time() + 12.0
    planned = [begins + APART * n for n in range(TRIALS)]
    rig.post([reading for code, at in zip(homes, planned, strict=True) for reading in _quiet_day(code, at)])
    others = rig.other_devices()
    stop = threading.Event()
    noise = threading.Thread(target=_background, args=(rig, others, stop), daemon=True)
    published: dict[str, float] = {}
    acknowledged: dict[str, float] = {}
    with Listener(rig) as listener:
        noise.start()
        client = rig.client("trials")
        for code, at in zip(homes, planned, strict=True):
            time.sleep(max(0.0, at - time.time()))
            published[code] = time.time()
            sent = client.publish(rig.topic, json.dumps(_reading(code, at, 500.0)), qos=1)
            sent.wait_for_publish(timeout=10)
            acknowledged[code] = time.time()
        time.sleep(3.0)
        stop.set()
        noise.join(timeout=5)
        client.disconnect()
        client.loop_stop()
        arrived = dict(listener.arrived)
    written = rig.written_at()
    told = [(code, *written[code]) for code in homes if code in written]
    if len(told) < TRIALS or any(ticket not in arrived for *_, ticket in told):
        raise RuntimeError(f"{TRIALS} episodes were made, {len(told)} became tickets, {len(arrived)} events arrived")
    return {
        "published to acknowledged": [acknowledged[code] - published[code] for code in homes],
        "published to finding written": [finding - published[code] for code, finding, _, _ in told],
        "published to ticket written": [opened - published[code] for code, _, opened, _ in told],
        "published to event at the page": [arrived[ticket] - published[code] for code, _, _, ticket in told],
    }


def _reading(code: str, at: float, litres: float) -> dict[str, Any]:
    time_ = datetime.fromtimestamp(at, UTC).isoformat()
    return {"device": code, "stream": "water_volume", "time": time_, "value": litres}


def _quiet_day(code: str, ends: float) -> list[dict[str, Any]]:
    """Hourly readings that do not move, from a day before `ends` until an hour before: one more is an episode."""
    began = ends - SILENCE.total_seconds()
    return [_reading(code, began + 3600 * hour, 500.0) for hour in range(24)]


def _background(rig: Rig, codes: list[str], stop: threading.Event) -> None:
    """Publish RATE readings a second, one a message, QoS 1, from meters nobody watches."""
    client: mqtt.Client = rig.client("background")
    began, sent = time.time(), 0
    while not stop.is_set():
        due = int((time.time() - began) * RATE)
        while sent < due:
            code = codes[sent % len(codes)]
            client.publish(rig.topic, json.dumps(_reading(code, time.time(), float(sent))), qos=1)
            sent += 1
        stop.wait(0.01)
    client.disconnect()
    client.loop_stop()
