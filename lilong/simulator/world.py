"""Makes the whole subdistrict in memory: the same size, seed and day give the same one, to the last character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lilong.kit.clock import SHANGHAI

from . import meters, staff, stories
from .people import contacts, owners, planted
from .people.population import Population
from .town.built import Town
from .town.layout import lay_out
from .town.scales import scale

START = datetime(2026, 11, 22, 5, 50, tzinfo=SHANGHAI)
"""When the demonstration begins, unless told otherwise: just before the nightly meters hand over."""


@dataclass(frozen=True)
class World:
    """Everything there is, before any of it is spoilt on its way into a file."""

    seed: int
    size: str
    start: datetime
    town: Town
    population: Population
    owners: dict[str, tuple[str, str]]
    contacts: list[contacts.Contact]
    stories: list[stories.Story]
    meters: list[meters.Meter]
    accounts: list[staff.Account]


def make(size: str, seed: int, start: datetime = START) -> World:
    """The subdistrict of a size named in scales.toml, with ages as on the day of `start`."""
    day = start.astimezone(SHANGHAI).date()
    town = lay_out(scale(size), seed)
    doors = planted.plant(town.buildings, town.homes)
    population = Population(town.homes, seed, day, doors)
    hero = next((home for home, people in doors.items() if len(people) == 1), "")
    told = stories.plant(population, hero, seed)
    return World(
        seed=seed,
        size=size,
        start=start,
        town=town,
        population=population,
        owners=owners.owners(town.homes, population, seed),
        contacts=contacts.contacts(population, town.homes, seed, never_lacking=hero),
        stories=told,
        meters=meters.meters(population, town.homes, [story.home for story in told if story.live], seed),
        accounts=staff.accounts(town),
    )
