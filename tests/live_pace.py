"""Publishes recorded readings as if live: the installation's clock runs fast, and each leaves when its time comes."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from lilong.kit.clock import Clock
from tests.installation import Installation, until

FASTEST: Final = 60_000.0  # the installation's seconds in one of ours: a year in nine minutes
LOOKED: Final = 1.5  # seconds after which every process has looked at a new clock (kit.clock: one second)
RUN_UP: Final = LOOKED * FASTEST  # how long before the first reading the clock begins to run
BUNDLE: Final = 40  # readings in one message
TICK: Final = 0.02  # seconds between two looks at what is due
SLOW: Final = 1.0  # seconds an acknowledgement may take before the clock is slowed down
SEALED: Final = 1.0  # seconds after which a fact is sealed, and the worker knows of it
CROWD: Final = 200  # facts the engine may be behind before it is


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter sent: its device code, seconds since 1970, litres."""

    code: str
    time: float
    value: float

    def item(self) -> dict[str, object]:
        """As it stands in a message."""
        at = datetime.fromtimestamp(self.time, UTC).isoformat()
        return {"device": self.code, "stream": "water_volume", "time": at, "value": self.value}


class Gateway:
    """The demonstration's gateway, which may send for every meter; each message until it is acknowledged."""

    def __init__(self, there: Installation) -> None:
        known = json.loads((there.home / "keys" / "gateway.json").read_text())
        self.topic = f"lilong/devices/{known['code']}/readings"
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=known["code"], clean_session=False)
        self.client.username_pw_set(known["code"], known["token"])
        self.client.max_inflight_messages_set(1000)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_publish = lambda _client, _data, number, *_: self._acknowledged.add(number)
        self._sent: dict[int, float] = {}
        self._acknowledged: set[int] = set()
        self.client.connect("127.0.0.1", there.mqtt_port)
        self.client.loop_start()

    def publish(self, readings: Sequence[Reading]) -> None:
        """Send them in order, a few to a message; what cannot leave now leaves when the connection is there again."""
        for at in range(0, len(readings), BUNDLE):
            body = json.dumps([reading.item() for reading in readings[at : at + BUNDLE]])
            self._sent[self.client.publish(self.topic, body, qos=1).mid] = time.monotonic()

    def waiting(self) -> float:
        """For how many seconds the oldest message without acknowledgement has waited; 0 when none does."""
        for number in self._acknowledged & self._sent.keys():
            del self._sent[number]
            self._acknowledged.remove(number)
        return time.monotonic() - next(iter(self._sent.values())) if self._sent else 0.0

    def close(self) -> None:
        """Say goodbye."""
        self.client.disconnect()
        self.client.loop_stop()


class Pace:
    """The installation's clock, run fast; a time that has come here has come for every process."""

    def __init__(self, there: Installation, at: float) -> None:
        """Let the clock come to `at` when every process has looked at it."""
        self._path = there.home / "clock.json"
        self._before = self._clock = Clock(time.time(), at - RUN_UP, FASTEST)
        self._turned = time.monotonic()
        self._clock.save(self._path)
        time.sleep(LOOKED)

    @property
    def rate(self) -> float:
        """How fast the clock runs."""
        return self._clock.rate

    def turn(self, rate: float) -> None:
        """Go on from now at another rate; a process goes by the one before until it looks again."""
        self._before, self._clock, self._turned = self._clock, self._clock.at_rate(rate), time.monotonic()
        self._clock.save(self._path)

    @property
    def turning(self) -> bool:
        """Whether a process may still go by the rate before."""
        return time.monotonic() - self._turned < LOOKED

    def now(self) -> float:
        """The time that no process is behind."""
        clocks = [self._before, self._clock] if self.turning else [self._clock]
        return min(clock.now().timestamp() for clock in clocks)


class Followers:
    """How far intake and the worker have come, by their heartbeats."""

    def __init__(self, there: Installation) -> None:
        self._home = there.home

    def judged(self) -> int:
        """Readings of which it is written what they show, and those put aside."""
        told = self._beat("intake")
        return int(told["accepted"]) + int(told["aside"]) - int(told["on_the_way"])

    def facts(self) -> int:
        """Sealed facts that the engine has yet to handle."""
        return int(self._beat("worker")["behind"])

    def resting(self, since: float) -> bool:
        """Whether a heartbeat of the worker after that real time says that it has handled every fact."""
        return float(self._beat("worker")["real"]) > since and self.facts() == 0

    def _beat(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self._home / "run" / f"{name}.json").read_text())
        return told


def publish(there: Installation, readings: Sequence[Reading]) -> float:
    """Publish each when the clock comes to its time (they are in its order), no faster than all follow.

    Returns the seconds until the last was judged; comes back when the engine has handled what followed.
    """
    times = [reading.time for reading in readings]
    followers, gateway, pace = Followers(there), Gateway(there), Pace(there, times[0])
    began = looked = time.monotonic()
    sent = 0
    while sent < len(readings):
        due = bisect_right(times, pace.now(), sent)
        gateway.publish(readings[sent:due])
        sent = due
        if not pace.turning and time.monotonic() - looked > 0.5:
            looked = time.monotonic()
            _slow_down_or_up(pace, gateway.waiting() > SLOW or followers.facts() > CROWD)
        time.sleep(TICK)
    pace.turn(1.0)
    until(lambda: not gateway.waiting(), seconds=60, what="every message acknowledged")
    until(lambda: followers.judged() >= len(readings), seconds=60, what="every reading judged")
    seconds = time.monotonic() - began
    gateway.close()
    sealed = time.time() + SEALED
    until(lambda: followers.resting(sealed), seconds=120, what="every fact handled")
    return seconds


def _slow_down_or_up(pace: Pace, behind: bool) -> None:
    if behind or pace.rate < FASTEST:
        pace.turn(pace.rate / 2 if behind else min(FASTEST, pace.rate * 1.5))
