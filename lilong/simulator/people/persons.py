"""Turns a household on paper into persons with names, numbers, phones and birthdays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ..dice import Dice
from ..parameters import share
from . import naming
from .households import ADULT, Household, Member
from .numbers import Numbers

ELDER = 60


@dataclass
class Person:
    """One invented person. `living` and `registered` are codes of homes, empty where that home is not here."""

    key: int
    name: str
    sex: str
    born: date
    number: str
    phone: str
    relation: str
    living: str = ""
    registered: str = ""
    standing: str = ""  # 人员类别
    struck_off: str = ""  # 注销原因
    struck_off_on: date | None = None
    mother: int | None = None
    father: int | None = None
    spouse: int | None = None

    def age(self, on: date) -> int:
        """Completed years."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


def born_for(dice: Dice, age: int, on: date) -> date:
    """A birthday of somebody who has completed `age` years on that day."""
    turned = date(on.year - age, on.month, min(on.day, 28))
    return turned - timedelta(days=dice.between(0, 363))


class Registry:
    """Keeps the persons made so far; their keys are their places in the list."""

    def __init__(self, seed: int, day: date) -> None:
        self.day = day
        self.numbers = Numbers(seed)
        self.people: list[Person] = []

    def settle(self, household: Household, dice: Dice) -> list[Person]:
        """Make the members of one household, parents before children in surname and birthday."""
        first = len(self.people)
        made: list[Person] = []
        for member in household:
            surname = self._surname(member, made, dice)
            self.people.append(self._person(first + len(made), surname, member, first, dice))
            made.append(self.people[-1])
        for person in made:
            if person.mother is not None and not person.phone and person.age(self.day) < ADULT and dice.chance(0.5):
                person.phone = self.people[person.mother].phone
        return made

    def _surname(self, member: Member, made: list[Person], dice: Dice) -> str:
        """The father's; a child whose father is not here mostly has another surname than the mother."""
        parent = member.father
        if parent is None and member.mother is not None and dice.chance(0.12):
            parent = member.mother
        return naming.surname(dice) if parent is None else made[parent].name[0]

    def _person(self, key: int, surname: str, member: Member, first: int, dice: Dice) -> Person:
        born = member.born or born_for(dice, member.age, self.day)
        band = "elder" if member.age >= ELDER else "adult" if member.age >= 14 else "child"
        return Person(
            key=key,
            name=member.name or surname + naming.given(dice, member.sex, born.year),
            sex=member.sex,
            born=born,
            number=self.numbers.identity(born, member.sex),
            phone=self.numbers.phone() if dice.chance(share("people.has_phone", band)) else "",
            relation=member.relation,
            mother=None if member.mother is None else first + member.mother,
            father=None if member.father is None else first + member.father,
            spouse=None if member.spouse is None else first + member.spouse,
        )
