"""Keeps the meters speaking in the installation's own time: first what they said in the last days, then as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from threading import Event

from lilong.kit import clock

from ..water import QUARTER
from . import gateway as sign_in
from . import network, state, told
from .by_http import MOST, HttpRoad
from .by_mqtt import MqttRoad
from .deliveries import Deliveries, Delivery
from .trouble import Trouble, logger

FAR_BEHIND = timedelta(hours=2).total_seconds()  # of installation time: more than this goes in batches over HTTP
TOO_FAR = timedelta(days=30).total_seconds()  # of installation time: what is older is lost, as in any outage
LOOK = 1.0  # real seconds after which the clock is asked again, at the most


@dataclass(frozen=True)
class Options:
    """Where the installation is, where the files are, and how its gateway signs in."""

    home: Path
    files: Path
    mqtt: str
    http: str
    token_file: Path
    gateway: str = ""


class Feed:
    """The deliveries of one installation and how far they have come."""

    def __init__(self, files: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        kept = state.load(folder)
        began = kept.began if kept else clock.now()
        self.network = network.read(files, began)
        self.deliveries = Deliveries(self.network)
        first = float(self.network.midnight(-network.BACKFILL_DAYS) * QUARTER)
        self.state = kept or state.State(folder, began, first, self.network.day_of(first) - 1)
        self._days: dict[int, tuple[Delivery, ...]] = {}

    def due(self, until: float) -> Iterator[list[Delivery]]:
        """What is not delivered and arrives by `until`, in order; those of one moment together."""
        after = self.state.delivered
        for day in range(self.network.day_of(after), self.network.day_of(until) + 1):
            coming = (one for one in self._day(day) if after < one.at <= until)
            for _, together in groupby(coming, key=lambda one: one.at):
                yield list(together)

    def next_at(self, after: float) -> float:
        """When the next delivery arrives, in seconds since the epoch."""
        day = self.network.day_of(after)
        ahead = (one.at for coming in (day, day + 1) for one in self._day(coming) if one.at > after)
        return min(ahead, default=after + 60)

    def delivered(self, at: float) -> None:
        """Keep that everything up to `at` has been taken, and the truth of the days reached."""
        day = self.network.day_of(at)
        if day > self.state.told:
            told.tell(self.state.folder, self.deliveries, range(self.state.told + 1, day + 1))
            self.state.told = day
        self.state.delivered = at
        self.state.save()

    def _day(self, day: int) -> tuple[Delivery, ...]:
        if day not in self._days:
            self._days[day] = self.deliveries.day(day).deliveries
            for old in [kept for kept in self._days if kept < day - 2]:
                del self._days[old]
        return self._days[day]


def run(options: Options, stop: Event) -> None:
    """Deliver until told to stop. Waits for the token, for the server and for the broker as long as it takes."""
    clock.install(options.home / "clock.json")
    signed = _token(options, stop)
    if signed is None:
        return
    feed = Feed(options.files, state.folder_of(options.home))
    host, _, port = options.mqtt.rpartition(":")
    http = HttpRoad(options.http, signed, stop)
    mqtt = MqttRoad(host, int(port), signed, stop)
    try:
        while not stop.is_set():
            now = clock.now().timestamp()
            behind = now - feed.state.delivered
            if behind > TOO_FAR:
                logger.warning("%.0f days behind: the readings before the last four days are lost", behind / 86400)
                feed.delivered(now - network.BACKFILL_DAYS * 86_400)
            elif behind > FAR_BEHIND:
                _catch_up(feed, http, now)
            else:
                _speak(feed, mqtt, now)
                wait = (feed.next_at(now) - clock.now().timestamp()) / max(clock.clock().rate, 1e-6)
                stop.wait(min(LOOK, max(0.01, wait)))
    finally:
        mqtt.close()
        http.close()


def _token(options: Options, stop: Event) -> sign_in.Gateway | None:
    trouble = Trouble(f"token file {options.token_file}")
    while not stop.is_set():
        if (signed := sign_in.read(options.token_file, options.gateway)) is not None:
            trouble.over()
            return signed
        trouble.met("not there")
        stop.wait(0.5)
    return None


def _catch_up(feed: Feed, road: HttpRoad, now: float) -> None:
    """Everything due, in batches; a batch is cut between two moments, so that it can be sent again as a whole."""
    batch: list[Delivery] = []
    for together in feed.due(now):
        if batch and sum(len(one.readings) for one in [*batch, *together]) > MOST:
            if not _post(feed, road, batch):
                return
            batch = []
        batch += together
    if not batch or _post(feed, road, batch):
        feed.delivered(now)


def _post(feed: Feed, road: HttpRoad, batch: list[Delivery]) -> bool:
    if not road.send([reading for one in batch for reading in one.readings]):
        return False
    feed.delivered(batch[-1].at)
    return True


def _speak(feed: Feed, road: MqttRoad, now: float) -> None:
    """Everything due as messages of their own; kept as delivered whenever the broker has acknowledged all sent."""
    at = None
    for together in feed.due(now):
        if at is not None and road.settled():
            feed.delivered(at)
        for one in together:
            if not road.send(one.readings):
                return
            at = one.at
    if at is not None and road.settle():
        feed.delivered(now)
