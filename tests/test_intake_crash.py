"""Intake killed at any moment: every acknowledged reading is in the log once, and every silence has one finding."""

from __future__ import annotations

import json
import os
import random
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from lilong.analysis.detectors import detect
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.journal import sealer
from lilong.kernel.sensing import log, queries
from lilong.kernel.sensing.findings import to_us
from lilong.kernel.sensing.params import WatchParams
from lilong.kernel.sensing.records import LATE
from lilong.kernel.sensing.tests import ground
from lilong.kernel.sensing.tests.ground import TABLE, Ground, reading
from lilong.kernel.sensing.tests.process import IntakeProcess, until

pytestmark = pytest.mark.django_db(transaction=True)

METERS = 12
HOURS = 150
KILLS = 3
HOUR = timedelta(hours=1)
MOSQUITTO = ("127.0.0.1", 1883)
WATCHED = {**TABLE, "no_data": "200h"}  # what is missing while the process is dead is another test's matter
Message = list[dict[str, object]]


def stories(dice: random.Random, ends: datetime) -> list[list[tuple[datetime, float]]]:
    """Hourly readings of each meter: use, and one or two stretches of a day and more without."""
    told = []
    for _ in range(METERS):
        first = dice.randrange(10, 40)
        quiet = {*range(first, first + dice.randrange(26, 40)), *range(110, 110 + dice.choice([0, 30, 40]))}
        level, readings = 1_000.0, []
        for hour in range(HOURS):
            level += 0 if hour in quiet else dice.choice([15.0, 40.0, 90.0])
            readings.append((ends - (HOURS - hour) * HOUR, level))
        told.append(readings)
    return told


def messages(dice: random.Random, told: list[list[tuple[datetime, float]]]) -> list[Message]:
    """The stories in bundles of a meter, some twice, none past the lateness of three days and yet not in order."""
    bundles = [
        (readings[at][0] + dice.random() * 40 * HOUR, [reading(meter, *one) for one in readings[at : at + 6]])
        for meter, readings in enumerate(told)
        for at in range(0, HOURS, 6)
    ]
    bundles += [(at + 3 * HOUR, bundle) for at, bundle in dice.sample(bundles, 20)]
    return [bundle for _, bundle in sorted(bundles, key=lambda b: b[0])]


class Gateway:
    """The gateway that sends for all meters, and knows which of its messages were acknowledged."""

    def __init__(self, port: int, topic: str, user: str = "", token: str = "") -> None:
        self.topic, self.sent, self.acknowledged = topic, dict[int, Message](), list[Message]()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"gateway-{uuid.uuid4()}")
        if user:
            self.client.username_pw_set(user, token)
        self.client.max_inflight_messages_set(20)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_publish = lambda _client, _data, mid, *_: self.acknowledged.append(self.sent[mid])
        self.client.connect_async("127.0.0.1", port, keepalive=10)

    def send(self, bundles: list[Message], pause: float) -> None:
        """Publish one after the other; what is not acknowledged is sent again by the client after a reconnection."""
        for bundle in bundles:
            info = self.client.publish(self.topic, json.dumps(bundle), qos=1)
            self.sent[info.mid] = bundle
            time.sleep(pause)


@pytest.fixture
def process(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[IntakeProcess]:
    process = IntakeProcess(tmp_path / "home", **getattr(request, "param", {}))
    yield process
    process.end()


def killed_again_and_again(process: IntakeProcess, dice: random.Random, over: threading.Event) -> int:
    """Start, let it live for a moment, kill, start again, until the sender is done; how often it was killed."""
    kills = 0
    while True:
        process.start()
        until(process.listens, "intake listens")
        if kills >= KILLS:
            return kills
        over.wait(dice.random() * 0.8)
        process.kill()
        kills += 1


def check(there: Ground, process: IntakeProcess, told: list[list[tuple[datetime, float]]], sent: list[Message]) -> None:
    """Everything acknowledged is in the log and counts once; the findings are the whole story's, each told once."""
    kept = Counter(
        (int(record["stream"]), int(record["time"]))
        for _, piece in log.read(process.home / "readings")
        for record in piece
    )
    streams = {f"W-{meter}": stream for meter, stream in enumerate(there.streams)}
    wanted = {
        (streams[str(one["device"])], to_us(datetime.fromisoformat(str(one["time"]))))
        for bundle in sent
        for one in bundle
    }
    assert wanted <= kept.keys(), "an acknowledged reading is not in the log"
    counted = Counter(
        (int(record["stream"]), int(record["time"]))
        for _, piece in log.read(process.home / "readings")
        for record in piece[(piece["flags"] & LATE) == 0]
    )  # one resent when its time is past the lateness is kept once more, flagged, and changes nothing
    assert set(counted.values()) == {1}, "a reading counts twice"
    found = [f for f in queries.findings(SYSTEM, count=5000) if f.state != "withdrawn"]
    numbers = WatchParams.from_toml(WATCHED).thresholds()
    expected = []
    for stream, readings in zip(there.streams, told, strict=True):
        times = np.array([to_us(time) for time, _ in readings], dtype=np.int64)
        values = np.array([round(value * 1000) for _, value in readings], dtype=np.int64)
        expected += [(stream, e.kind, e.start, e.end) for e in detect(numbers, times, values) if e.ended]
    assert sorted((f.stream_id, f.kind, to_us(f.start), to_us(f.end)) for f in found if f.state == "cleared") == sorted(
        expected
    )
    assert sum(kind == "silence" for _, kind, *_ in expected) >= METERS, "there was something to find"
    sealer.seal_all()
    opened = Counter(f.subject_id for f in journal.after(0, limit=50_000) if f.kind == "finding.opened")
    assert set(opened.values()) == {1}, "a finding was opened twice"
    assert {f.id for f in found} <= opened.keys()


def judged(process: IntakeProcess) -> bool:
    """Whether all that is in the log has been judged."""
    records = sum(log.mapped(path).size for path in log.segments(process.home / "readings"))
    return process.listens() and process.told()["position"] == records and not process.told()["on_the_way"]


def test_the_embedded_broker_loses_nothing_it_acknowledged_and_no_episode_counts_twice(
    process: IntakeProcess,
) -> None:
    there = ground.make(METERS)
    ground.bind(there, WATCHED)
    dice = random.Random(1)
    ends = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    told = stories(dice, ends)
    bundles = messages(dice, told)
    gateway = Gateway(process.port, "lilong/devices/G-0/readings", "G-0", there.tokens["G-0"])
    gateway.client.loop_start()
    over = threading.Event()
    sender = threading.Thread(target=gateway.send, args=(bundles, 0.01))
    sender.start()
    killed_again_and_again(process, dice, over)
    sender.join()
    until(lambda: len(gateway.acknowledged) == len(bundles), "every message acknowledged", 90)
    until(lambda: judged(process), "everything judged")
    gateway.client.loop_stop()
    assert process.stop() == 0
    check(there, process, told, gateway.acknowledged)


def mosquitto_is_there() -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(MOSQUITTO) == 0


PREFIX = f"test-{os.getpid()}-{uuid.uuid4().hex[:8]}"
OUTSIDE = {"LILONG_MQTT_URL": f"mqtt://{MOSQUITTO[0]}:{MOSQUITTO[1]}", "LILONG_MQTT_TOPIC_PREFIX": PREFIX}


@pytest.mark.skipif(not mosquitto_is_there(), reason=f"no Mosquitto at {MOSQUITTO[0]}:{MOSQUITTO[1]}")
@pytest.mark.parametrize("process", [OUTSIDE], indirect=True, ids=["mosquitto"])
def test_what_an_outside_broker_holds_reaches_the_log_whenever_intake_dies(process: IntakeProcess) -> None:
    there = ground.make(METERS)
    ground.bind(there, WATCHED)
    dice = random.Random(3)
    told = stories(dice, datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    bundles = messages(dice, told)
    process.start()
    until(process.listens, "intake listens")
    until(lambda: subscribed(process), "intake has its session at the broker")
    process.kill()
    gateway = Gateway(MOSQUITTO[1], f"{PREFIX}/devices/G-0/readings")
    gateway.client.loop_start()
    over = threading.Event()
    sender = threading.Thread(target=gateway.send, args=(bundles, 0.01))
    sender.start()
    try:
        killed_again_and_again(process, dice, over)
        sender.join()
        until(lambda: len(gateway.acknowledged) == len(bundles), "every message at the broker", 90)
        readings = len({(one["device"], one["time"]) for bundle in bundles for one in bundle})
        until(lambda: judged(process) and process.told()["position"] >= readings, "everything judged")
        assert process.stop() == 0
    finally:
        gateway.client.loop_stop()
        forget_session()
    check(there, process, told, gateway.acknowledged)


def subscribed(process: IntakeProcess) -> bool:
    """Whether a message sent now is noticed: one that is no reading is put aside, and counted."""
    with_probe = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"probe-{uuid.uuid4()}")
    with_probe.connect(*MOSQUITTO)
    with_probe.loop_start()
    with_probe.publish(f"{PREFIX}/devices/G-0/readings", b"probe", qos=1).wait_for_publish(5)
    with_probe.disconnect()
    with_probe.loop_stop()
    time.sleep(1.2)
    return process.told()["aside"] > 0


def forget_session() -> None:
    """Leave nothing at the broker."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"{PREFIX}-intake", clean_session=True)
    client.connect(*MOSQUITTO)
    client.loop_start()
    time.sleep(0.3)
    client.disconnect()
    client.loop_stop()
