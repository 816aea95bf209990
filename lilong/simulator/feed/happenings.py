"""What happens at the meters, day after day: the planted stories first, then new ones that chance adds."""

from __future__ import annotations

from dataclasses import dataclass

from ..dice import Dice
from ..parameters import number, share
from ..water import PER_DAY, Event
from .network import Meter, Network

HOUR = 4  # quarters


@dataclass(frozen=True)
class Happening:
    """Something true about one meter from quarter `start` to before `end`: silent, burst, offline or swap."""

    name: str
    kind: str
    meter: Meter
    start: int
    end: int
    litres: int = 0
    drip_day: int = 0
    told: bool = False

    def event(self) -> Event | None:
        """What it means for the water that flows; an offline or a changed meter changes nothing there."""
        if self.kind not in {"silent", "burst"}:
            return None
        return Event(self.meter.habits.key, self.kind, self.start, self.end, self.litres, self.drip_day)


class Happenings:
    """Grows day by day and forgets nothing: the same network and day always give the same list."""

    def __init__(self, network: Network) -> None:
        self.network = network
        meter = {meter.home: meter for meter in network.meters}
        self.all = [
            Happening(
                story.name,
                story.kind,
                meter[story.home],
                network.quarter(story.start),
                max(network.quarter(story.start) + 1, network.quarter(story.end)),
                story.litres,
                story.drip_day,
                story.told,
            )
            for story in network.stories
        ]
        self.planted = {happening.meter.code for happening in self.all}
        self._day = -6

    def through(self, day: int) -> list[Happening]:
        """Everything that begins on or before a day."""
        while self._day < day:
            self._day += 1
            self._add(self._day)
        return self.all

    def busy(self, meter: Meter, start: int, end: int) -> bool:
        """Whether something happens at a meter between two quarters, or a day before or after."""
        return any(
            one.meter.code == meter.code and one.start < end + PER_DAY and one.end > start - PER_DAY for one in self.all
        )

    def offline(self, meter: Meter, quarter: int) -> bool:
        return any(
            one.kind == "offline" and one.meter.code == meter.code and one.start <= quarter < one.end
            for one in self.all
        )

    def _add(self, day: int) -> None:
        midnight = self.network.midnight(day)
        meters = self.network.meters
        if day >= 1:
            lone = [meter for meter in meters if meter.lone]
            for name in ("silent", "taken", "burst"):
                dice = Dice(self.network.seed, "story", name, day)
                if lone and dice.chance(share("stories.per_day", name)):
                    self._tell(name, dice.pick(lone), midnight, dice)
        for meter in meters:
            if meter.code in self.planted or (meter.lone and day < 1):
                continue
            dice = Dice(self.network.seed, "faults", meter.code, day)
            if dice.chance(number("feed.swaps_per_meter_day")):
                at = midnight + dice.between(8 * HOUR, 17 * HOUR)
                self._put(Happening("swap", "swap", meter, at, at + 1))
            elif dice.chance(number("feed.outages_per_meter_day")):
                at = midnight + dice.between(0, PER_DAY - 1)
                self._put(Happening("outage", "offline", meter, at, at + dice.between(26 * HOUR, 96 * HOUR)))
            elif not meter.lone and dice.chance(number("feed.holidays_per_meter_day")):
                at = midnight + dice.between(7 * HOUR, 19 * HOUR)
                self._put(Happening("holiday", "silent", meter, at, at + dice.between(30 * HOUR, 200 * HOUR)))

    def _tell(self, name: str, meter: Meter, midnight: int, dice: Dice) -> None:
        start = midnight + dice.between(6, 20) * HOUR
        if name == "burst":
            self._put(Happening(name, "burst", meter, start, start + 2 * HOUR, litres=dice.between(560, 800)))
        else:
            hours = dice.between(28, 50) if name == "silent" else dice.between(40, 100)
            drip = 2 if dice.chance(0.3) else 0
            self._put(Happening(name, "silent", meter, start, start + hours * HOUR, drip_day=drip))

    def _put(self, happening: Happening) -> None:
        if not self.busy(happening.meter, happening.start, happening.end):
            self.all.append(happening)
