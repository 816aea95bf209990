"""What every meter shows at every quarter of a day, followed from the first counted midnight on."""

from __future__ import annotations

import numpy as np

from .. import water
from .happenings import Happenings
from .network import Meter, Network

KEPT_DAYS = 6  # days whose figures stay at hand: a late batch tells of three days ago


class Counters:
    """Follows all meters of a network. Days are asked for in rising order, with a few steps back."""

    def __init__(self, network: Network, happenings: Happenings) -> None:
        self.network, self.happenings = network, happenings
        self._homes = [meter.habits for meter in network.meters]
        self._since = network.midnight(-network.counted_days)
        self._begin()

    def _begin(self) -> None:
        self._next = -self.network.counted_days
        self._total = np.zeros(len(self._homes), dtype=np.int64)
        self._at_swap: dict[tuple[str, int], int] = {}
        self._days: dict[int, water.Litres] = {}

    def day(self, day: int) -> water.Litres:
        """What the meters show at the 97 quarters from midnight to midnight: an array of meters × 97, in litres."""
        if day < self._next and day not in self._days:
            self._begin()
        while self._next <= day:
            self._days[self._next] = self._follow(self._next)
            self._days.pop(self._next - KEPT_DAYS, None)
            self._next += 1
        return self._days[day]

    def _follow(self, day: int) -> water.Litres:
        first = self.network.midnight(day)
        happenings = self.happenings.through(day)
        events = [event for one in happenings if (event := one.event()) is not None]
        used = water.used(self.network.seed, self._homes, first, first + water.PER_DAY, events)
        shown = np.concatenate([self._total[:, None], self._total[:, None] + np.cumsum(used, axis=1)], axis=1)
        self._total = shown[:, -1].copy()
        shown += water.standing(self._homes, self._since, first + np.arange(water.PER_DAY + 1), events)
        swaps: dict[str, list[int]] = {}
        for one in happenings:
            if one.kind == "swap" and one.start <= first + water.PER_DAY:
                swaps.setdefault(one.meter.code, []).append(one.start)
        for at, meter in enumerate(self.network.meters):
            shown[at] = self._dial(shown[at], meter, first, sorted(swaps.get(meter.code, [])))
        return shown

    def _dial(self, litres: water.Litres, meter: Meter, first: int, swaps: list[int]) -> water.Litres:
        """The litres as the dial has them: the first meter began at `shown`, each later one at nought."""
        dial = litres + meter.shown
        for swap in swaps:
            step = swap - first
            if step >= 0:
                self._at_swap[meter.code, swap] = int(litres[step])
            dial[max(0, step) :] = litres[max(0, step) :] - self._at_swap[meter.code, swap]
        return dial
