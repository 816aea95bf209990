"""The stories planted for the first day of the demonstration, in hours from its midnight, Shanghai time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .dice import Dice
from .people.contacts import lone_elders
from .people.persons import Person
from .people.population import Population

DAY = 24.0
COUNTED_DAYS = 40  # days before the start on which the counters begin to be followed


@dataclass(frozen=True)
class Story:
    """What happens at one home. kind: silent (nobody uses water), burst, offline (no data), swap (a new meter)."""

    name: str
    kind: str
    home: str
    start: float
    end: float
    litres: int = 0  # of a burst
    drip_day: int = 0  # litres a day that pass although nobody is there
    told: bool = False  # the committee knows that she is away
    live: bool | None = None  # which meter it needs; None: either


PLANS = (
    Story("hero", "silent", "", -DAY + 6 + 20 / 60, 2 * DAY + 15, live=True),
    Story("drip", "silent", "", -2 * DAY + 19 + 40 / 60, DAY + 16, drip_day=2, live=False),
    Story("taken_by_family", "silent", "", -4 * DAY + 17, 4 * DAY + 10, told=True, live=True),
    Story("meter_offline", "offline", "", -DAY + 7 + 10 / 60, 2 * DAY + 10, live=True),
    Story("burst_hose", "burst", "", 10 + 40 / 60, 12 + 40 / 60, litres=600, live=True),
    Story("meter_changed", "swap", "", 11.0, 11.0, live=True),
)
"""The demonstration starts at 05:50; its hero used water last at about 06:20 of the day before."""


def plant(population: Population, hero_home: str, seed: int) -> list[Story]:
    """Each plan at the home of a lone elder of its own; the second committee gets the drip and the burst hose."""
    elders = [elder for elder in Dice(seed, "stories").shuffled(lone_elders(population)) if elder.living != hero_home]
    committee = {elder.living[:12] for elder in elders}
    second = max(committee) if committee else ""
    told: list[Story] = []
    for plan in PLANS:
        if plan.name == "hero" and hero_home:
            told.append(replace(plan, home=hero_home))
        elif elders:
            there = _first(elders, second if plan.name in {"drip", "burst_hose"} else min(committee))
            elders.remove(there)
            told.append(replace(plan, home=there.living))
    return told


def _first(elders: list[Person], committee: str) -> Person:
    """The first of those who live in the committee, or else of all."""
    return next((elder for elder in elders if elder.living.startswith(committee)), elders[0])
