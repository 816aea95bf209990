"""The meters as the feed knows them: read from truth.json beside the files, laid on the days of this installation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lilong.kit.clock import SHANGHAI

from .. import water
from ..stories import Story


@dataclass(frozen=True)
class Meter:
    """One meter: where it is, how it delivers, what it showed at the first midnight, and the habits behind it."""

    code: str
    home: str
    live: bool
    lone: bool
    shown: int
    habits: water.Household


@dataclass(frozen=True)
class Network:
    """All meters of one gateway. Days are counted from the first day of the demonstration, which is day 0."""

    seed: int
    gateway: str
    meters: tuple[Meter, ...]
    stories: tuple[Story, ...]
    first_midnight: int  # the quarter in which day 0 begins
    counted_days: int  # days before day 0 on which the counters begin

    def day_of(self, seconds: float) -> int:
        """The day (0 is the first of the demonstration) in which a time in seconds since the epoch lies."""
        return (int(seconds) // water.QUARTER - self.first_midnight) // water.PER_DAY

    def midnight(self, day: int) -> int:
        """The quarter in which a day begins."""
        return self.first_midnight + day * water.PER_DAY

    def quarter(self, hours: float) -> int:
        """The quarter that lies so many hours after the midnight of day 0."""
        return self.first_midnight + int(hours * 4 // 1)


def read(folder: Path, began: datetime) -> Network:
    """The network told in `folder`/truth.json, its stories laid on the day in which `began` lies, Shanghai time."""
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    meters = tuple(
        Meter(
            code=meter["code"],
            home=meter["home"],
            live=meter["delivery"] == "live",
            lone=meter["lone"],
            shown=meter["counter"],
            habits=water.Household(
                key=water.key_of(meter["home"]),
                rhythm=meter["rhythm"],
                litres_day=meter["litres_day"],
                drip_day=meter["drip_day"],
                leak_hour=meter["leak_hour"],
            ),
        )
        for meter in told["meters"]
    )
    stories = tuple(
        Story(**{name: value for name, value in story.items() if name != "device"}) for story in told["stories"]
    )
    midnight = water.midnight(began)
    return Network(told["seed"], told["gateway"], meters, stories, midnight, told["counted_days"])


def time_of(quarter: int) -> datetime:
    """The beginning of a quarter, Shanghai time."""
    return datetime.fromtimestamp(quarter * water.QUARTER, SHANGHAI)


BACKFILL_DAYS = 4
"""From the midnight of which day before day 0 an installation is told what the meters said before it met them."""
