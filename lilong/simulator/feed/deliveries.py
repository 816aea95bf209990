"""What travels: readings in batches, and the faults they meet on the way, the same for the same seed and day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lilong.kit.clock import SHANGHAI

from ..dice import Dice
from ..parameters import number, share, value
from ..water import PER_DAY, QUARTER
from .counters import Counters
from .happenings import Happenings
from .network import Meter, Network

HOUR = 4
BATCH_BEGINS = 5 * 60 + 50  # minutes after midnight at which the first nightly batch arrives
PER_MESSAGE = 20  # live meters whose readings travel in one message
LATEST_DAYS = 3


@dataclass(frozen=True)
class Reading:
    """One reading as the meter tells it: its own idea of the time (seconds since the epoch), litres on the dial."""

    device: str
    time: int
    value: int

    def as_json(self) -> dict[str, Any]:
        return {
            "stream": "water_volume",
            "time": datetime.fromtimestamp(self.time, SHANGHAI).isoformat(),
            "value": self.value,
            "device": self.device,
        }


@dataclass(frozen=True)
class Delivery:
    """Readings that arrive together, at a time in seconds since the epoch."""

    at: float
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Fault:
    """Something that went wrong on the way: late, duplicate, dropped, lost. Times in seconds since the epoch."""

    kind: str
    device: str
    start: float
    end: float
    note: str = ""


@dataclass(frozen=True)
class Day:
    """All that arrives on one day, in order of arrival, and the faults that began on it."""

    deliveries: tuple[Delivery, ...]
    faults: tuple[Fault, ...]


class Deliveries:
    """Makes days. Asking for the same day again, in this run or another, gives the same deliveries."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.happenings = Happenings(network)
        self.counters = Counters(network, self.happenings)
        self._place = {meter.code: at for at, meter in enumerate(network.meters)}

    def day(self, day: int) -> Day:
        """Deliveries that arrive between a day's midnights."""
        self.happenings.through(day + 2)  # what spares a meter from faults may begin a day after them
        faults: list[Fault] = []
        found = [*self._live(day, faults), *self._nightly(day, faults)]
        return Day(tuple(sorted(found, key=lambda one: (one.at, one.readings[0].device))), tuple(faults))

    def _dice(self, what: str, meter: Meter, day: int) -> Dice:
        return Dice(self.network.seed, what, meter.code, day)

    def _spared(self, meter: Meter, day: int) -> bool:
        """No fault of the road befalls a meter about which a story is told: what is found there has one cause."""
        first = self.network.midnight(day)
        return self.happenings.busy(meter, first, first + PER_DAY)

    def skew(self, meter: Meter) -> int:
        """Seconds by which the meter's clock is wrong, always the same."""
        dice = self._dice("skew", meter, 0)
        if not dice.chance(share("feed.skew", "share")) or meter.code in self.happenings.planted:
            return 0
        if meter.live:
            return -60 * dice.between(1, int(share("feed.skew", "live_minutes")))
        most = int(share("feed.skew", "nightly_minutes"))
        return 60 * dice.pick([minutes for minutes in range(-most, most + 1) if minutes])

    def _reading(self, meter: Meter, quarter: int, skew: int) -> Reading | None:
        """What the meter says of a quarter; nothing while it is offline."""
        if self.happenings.offline(meter, quarter):
            return None
        day, step = divmod(quarter - self.network.first_midnight, PER_DAY)
        litres = int(self.counters.day(day)[self._place[meter.code], step])
        return Reading(meter.code, quarter * QUARTER + skew, litres)

    def _live(self, day: int, faults: list[Fault]) -> Iterator[Delivery]:
        """A message for every twenty meters each quarter of an hour, half a minute after it."""
        meters = [meter for meter in self.network.meters if meter.live]
        for group in range(0, len(meters), PER_MESSAGE):
            rows: dict[int, list[Reading]] = {}
            for meter in meters[group : group + PER_MESSAGE]:
                self._live_meter(meter, day, rows, faults)
            dice = Dice(self.network.seed, "message", group, day)
            for quarter, readings in sorted(rows.items()):
                at = quarter * QUARTER + dice.between(8, 40)
                yield Delivery(at, tuple(readings))
                if dice.chance(number("feed.duplicate")):
                    again = f"{len(readings)} readings again"
                    faults.append(Fault("duplicate", readings[0].device, at, at + 240, again))
                    yield Delivery(at + 240, tuple(readings))

    def _live_meter(self, meter: Meter, day: int, rows: dict[int, list[Reading]], faults: list[Fault]) -> None:
        """One meter's readings of a day, each in the message of its quarter or, when dropped, in the next one."""
        first, spared = self.network.midnight(day), self._spared(meter, day)
        dice, skew = self._dice("drop", meter, day), self.skew(meter)
        held: Reading | None = None
        for quarter in range(first, first + PER_DAY):
            reading = self._reading(meter, quarter, skew)
            dropped = dice.chance(share("feed.drop", "share")) and not spared and quarter < first + PER_DAY - 1
            if reading is None:
                continue
            if held is not None:
                rows.setdefault(quarter, []).append(held)
                held = None
            if not dropped:
                rows.setdefault(quarter, []).append(reading)
                continue
            kept = dice.chance(share("feed.drop", "retransmitted"))
            held = reading if kept else None
            at = quarter * QUARTER
            faults.append(Fault("dropped" if kept else "lost", meter.code, at, at + QUARTER))

    def _nightly(self, day: int, faults: list[Fault]) -> Iterator[Delivery]:
        """Of each nightly meter the batch of this day, and those of the days before that arrive late today."""
        for meter in self.network.meters:
            if meter.live:
                continue
            for origin in range(day - LATEST_DAYS, day + 1):
                late = self._late(meter, origin)
                if origin + late != day:
                    continue
                readings = self._batch(meter, origin)
                if readings:
                    yield from self._arriving(meter, day, late, readings, faults)

    def _late(self, meter: Meter, day: int) -> int:
        dice = self._dice("late", meter, day)
        if not dice.chance(share("feed.late", "share")) or self._spared(meter, day):
            return 0
        days: int = dice.pick(value("feed.late")["days"])
        return days

    def _batch(self, meter: Meter, day: int) -> tuple[Reading, ...]:
        """24 hourly readings, from six in the morning of the day before to five of this day."""
        first, skew = self.network.midnight(day) - PER_DAY + 6 * HOUR, self.skew(meter)
        hours = (self._reading(meter, first + hour * HOUR, skew) for hour in range(24))
        return tuple(reading for reading in hours if reading is not None)

    def _arriving(
        self, meter: Meter, day: int, late: int, readings: tuple[Reading, ...], faults: list[Fault]
    ) -> Iterator[Delivery]:
        """A batch at the meter's usual minute; a late one a little before or after the batch of the day."""
        usual = Dice(self.network.seed, "minute", meter.code).between(0, 38 * 60)
        dice = self._dice("arrival", meter, day - late)
        at = self.network.midnight(day) * QUARTER + BATCH_BEGINS * 60 + usual + dice.between(0, 11 * 60)
        if late:
            at += dice.pick([-12, 12]) * 60 + 12 * 60
            faults.append(Fault("late", meter.code, readings[0].time, at, f"{late} days"))
        yield Delivery(at, readings)
        if dice.chance(number("feed.duplicate")):
            faults.append(Fault("duplicate", meter.code, at, at + 1500, f"{len(readings)} readings again"))
            yield Delivery(at + 1500, readings)
