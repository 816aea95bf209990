"""Whom to call about an elder, in order, and who holds a spare key; some elders have nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ..dice import Dice
from ..parameters import number
from ..town.built import Home
from . import naming
from .households import ADULT
from .persons import ELDER, Person
from .population import Population


@dataclass(frozen=True)
class Contact:
    """One line of the contacts file: about whom, who, what they are to each other, phone, spare key."""

    elder: Person
    name: str
    relation: str
    phone: str
    key_holder: bool


def lone_elders(population: Population) -> list[Person]:
    """Those of 60 and more who live alone, by what the files say and not by how they came to."""
    return [
        people[0]
        for people in population.living().values()
        if len(people) == 1 and people[0].age(population.day) >= ELDER
    ]


def contacts(population: Population, homes: tuple[Home, ...], seed: int, never_lacking: str) -> list[Contact]:
    """Contacts of lone elders; the one who lives at `never_lacking` has both a daughter to call and a key holder."""
    building = {home.code: home.building for home in homes}
    neighbours: dict[str, list[Person]] = defaultdict(list)
    for person in population.people:
        if person.living and person.phone and ADULT <= person.age(population.day) < 80:
            neighbours[building[person.living]].append(person)
    children: dict[int | None, Person] = {}
    for person in population.people:
        if person.phone:
            children |= {person.father: person, person.mother: person}
    found: list[Contact] = []
    for elder in lone_elders(population):
        dice = Dice(seed, "contacts", elder.key)
        certain = elder.living == never_lacking
        if not certain and dice.chance(number("contacts.lacking")):
            continue
        found.append(_family(elder, population, children, dice))
        near = [person for person in neighbours[building[elder.living]] if person.living != elder.living]
        if near and (certain or dice.chance(number("contacts.key_holder"))):
            neighbour = dice.pick(near)
            found.append(Contact(elder, neighbour.name, "邻居", neighbour.phone, key_holder=True))
    return found


def _family(elder: Person, population: Population, children: dict[int | None, Person], dice: Dice) -> Contact:
    """A child where one is known, else somebody invented who lives elsewhere."""
    child = children.get(elder.key)
    if child is None and dice.chance(number("contacts.child_lives_in_subdistrict")):
        child = next(_likely_children(elder, population, dice), None)
    if child is not None:
        relation = "女儿" if child.sex == "F" else "儿子"
        return Contact(elder, child.name, relation, child.phone, dice.chance(0.2))
    relation = dice.weighted({"女儿": 44, "儿子": 40, "侄女": 6, "外甥": 5, "弟弟": 5})
    sex = "F" if relation in {"女儿", "侄女"} else "M"
    born = elder.born.year + (2 if relation == "弟弟" else dice.between(22, 34))
    same = relation in {"儿子", "女儿", "侄女", "弟弟"} and (elder.sex == "M" or relation in {"侄女", "弟弟"})
    surname = elder.name[0] if same else naming.surname(dice)
    name = surname + naming.given(dice, sex, born)
    return Contact(elder, name, relation, population.registry.numbers.phone(), dice.chance(0.2))


def _likely_children(elder: Person, population: Population, dice: Dice) -> Iterator[Person]:
    """Grown people living in other homes who could well be this elder's child and have no parents on file."""
    for person in dice.shuffled(population.people):
        gap = elder.age(population.day) - person.age(population.day)
        free = person.father is None and person.mother is None and not person.struck_off
        named = elder.sex == "F" or person.name[0] == elder.name[0]
        if free and named and 22 <= gap <= 36 and person.phone and person.living not in ("", elder.living):
            yield person
