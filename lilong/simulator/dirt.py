"""Spoils a few rows of the people file in ways that real files are spoilt, and remembers what it did to which row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .dice import Dice
from .people.numbers import check_character
from .people.persons import Person
from .people.population import Population

Cells = dict[str, str]
NUMBER, LIVING = "公民身份号码", "房屋编码"


@dataclass(frozen=True)
class Dirt:
    """One planted mistake: `row` counts data rows from 1; `expect` is what an honest import does with the row."""

    kind: str
    file: str
    row: int
    field: str
    expect: str  # quarantine, accepted or conflict
    truth: str
    written: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _other_check(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def _impossible_month(number: str) -> str:
    first17 = number[:10] + "13" + number[12:17]
    return first17 + check_character(first17)


def _scientific(number: str) -> str:
    return f"{number[0]}.{number[1:6]}E+17"


def _zeroed(number: str) -> str:
    return number[:14] + "0000"


def _fifteen(number: str) -> str:
    return number[:6] + number[8:17]


def _gone_home(code: str) -> str:
    return code[:-3] + "909"


SPOILT: tuple[tuple[str, int, str, Callable[[str], str], str], ...] = (
    ("wrong_check_character", 3, NUMBER, _other_check, "quarantine"),
    ("impossible_birthday", 1, NUMBER, _impossible_month, "quarantine"),
    ("scientific_notation", 1, NUMBER, _scientific, "quarantine"),
    ("last_four_zeroed", 1, NUMBER, _zeroed, "quarantine"),
    ("fifteen_digits", 2, NUMBER, _fifteen, "accepted"),
    ("unknown_home", 3, LIVING, _gone_home, "quarantine"),
)
"""Kind, how many, field, how it is written, what becomes of the row. Kinds from DOMAIN §5 and §5.1."""


def spoil(rows: list[Cells], people: list[Person], population: Population, seed: int) -> list[Dirt]:
    """Change `rows` (of the same order as `people`) in place, and add one.

    Only people of households of four and more are touched: no elder seems to live alone because a row was refused.
    """
    candidates = _candidates(people, population, Dice(seed, "dirt"))
    planted: list[Dirt] = []
    for kind, count, field, written, expect in SPOILT:
        for _ in range(count):
            at = next((at for at in candidates if kind != "fifteen_digits" or people[at].born.year < 2000), None)
            if at is None:
                continue
            candidates.remove(at)
            truth = rows[at][field]
            rows[at][field] = written(truth)
            planted.append(Dirt(kind, "people.csv", at + 1, field, expect, truth, rows[at][field]))
    return planted + list(_two_homes(rows, candidates))


def _two_homes(rows: list[Cells], candidates: list[int]) -> Iterator[Dirt]:
    """The same person delivered a second time, living somewhere else."""
    if len(candidates) < 2:
        return
    first, other = candidates[0], candidates[1]
    rows.append({**rows[first], LIVING: rows[other][LIVING]})
    written = rows[other][LIVING]
    yield Dirt("two_living_homes", "people.csv", len(rows), LIVING, "conflict", rows[first][LIVING], written)


def _candidates(people: list[Person], population: Population, dice: Dice) -> list[int]:
    """Places in `people` of those who may be spoilt: one of each household of four and more, never its head."""
    large = {home: members for home, members in population.living().items() if len(members) >= 4}
    place = {person.key: at for at, person in enumerate(people)}
    return [place[members[-1].key] for members in dice.shuffled(list(large.values()))]
