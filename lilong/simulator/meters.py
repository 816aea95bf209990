"""Which homes have a water meter that reports, how each one delivers, and how its household uses water."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .dice import Dice
from .parameters import number, share
from .people.contacts import lone_elders
from .people.persons import ELDER
from .people.population import Population
from .town.built import Home

GATEWAY = "990001001-JZQ-01"  # 集中器: collects the meters of the subdistrict and speaks for them


@dataclass(frozen=True)
class Meter:
    """A water meter and the habits behind it. Volumes in litres; `counter` is what it showed at the first midnight."""

    code: str
    home: str
    delivery: str  # live: every quarter of an hour; nightly: 24 hourly readings in one batch
    rhythm: str  # elder, family, worker or vacant
    people: int
    litres_day: int
    drip_day: int
    leak_hour: int
    counter: int
    lone: bool
    installed: date


def meters(population: Population, homes: tuple[Home, ...], live: Iterable[str], seed: int) -> list[Meter]:
    """A meter for every lone elder and for some other homes; those at the homes in `live` deliver at once."""
    dice = Dice(seed, "meters")
    living = population.living()
    lone = {person.living for person in lone_elders(population)}
    others = dice.shuffled([home.code for home in homes if home.code not in lone])
    wanted = round(number("meters.other_homes") * len(homes) / 1700)
    chosen = lone | set(others[:wanted])
    fitted = [home.code for home in homes if home.code in chosen]
    at_once = set(live) & chosen
    more = [code for code in dice.shuffled(fitted) if code not in at_once]
    at_once |= set(more[: max(0, round(number("meters.live") * len(fitted)) - len(at_once))])
    ages = {home: [person.age(population.day) for person in people] for home, people in living.items()}
    return [
        _meter(f"990001001-SB-{at:04d}", home, ages.get(home, []), home in at_once, home in lone, population.day, seed)
        for at, home in enumerate(fitted, 1)
    ]


def _meter(code: str, home: str, ages: list[int], live: bool, lone: bool, day: date, seed: int) -> Meter:
    """The meter of a home with people of these ages; nobody's meter is that of a vacant home."""
    dice = Dice(seed, "meter", home)
    if not ages:
        rhythm = "vacant"
    elif min(ages) >= ELDER:
        rhythm = "elder"
    else:
        rhythm = "family" if min(ages) < 16 or max(ages) >= ELDER else "worker"
    litres = 0.0
    if ages:
        litres = share("water.home_litres_day", rhythm) + len(ages) * share("water.litres_per_person_day", rhythm)
    return Meter(
        code=code,
        home=home,
        delivery="live" if live else "nightly",
        rhythm=rhythm,
        people=len(ages),
        litres_day=round(litres * dice.uniform(0.75, 1.3)),
        drip_day=_sometimes(dice, "water.drips", "litres_day"),
        leak_hour=0 if lone else _sometimes(dice, "water.leaks", "litres_hour"),
        counter=dice.between(20_000, 900_000),
        lone=lone,
        installed=day - timedelta(days=dice.between(120, 1500)),
    )


def _sometimes(dice: Dice, name: str, litres: str) -> int:
    """The litres of a parameter in as many homes as its share says, else none."""
    return int(share(name, litres)) if dice.chance(share(name, "share")) else 0
