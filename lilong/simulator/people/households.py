"""Composes households that make sense: who is whose mother, father and spouse, with ages to match."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from ..dice import Dice
from ..parameters import number, weights

# Relations to the head of the household, GB/T 4761-2008.
HEAD, SPOUSE, SON, SON_IN_LAW, DAUGHTER, DAUGHTER_IN_LAW = "02", "10", "20", "28", "30", "38"
GRANDCHILD, PARENT, SIBLING, NOT_KIN = "40", "50", "70", "99"
ADULT = 18


@dataclass
class Member:
    """One person of a household on paper; mother, father and spouse are places in the same list.

    Chance gives a name and a birthday unless the member has them already.
    """

    relation: str
    sex: str
    age: int
    mother: int | None = None
    father: int | None = None
    spouse: int | None = None
    name: str = ""
    born: date | None = None


Household = list[Member]


def child_age(dice: Dice, mother_age: int) -> int:
    """The age of a child of a mother of this age: never less than 20 years younger than she."""
    return max(0, mother_age - dice.band(weights("people.mother_gap")))


def _couple(dice: Dice, wife_age: int, relations: tuple[str, str] = (HEAD, SPOUSE), first: int = 0) -> Household:
    """Husband and wife, who stand at `first` and after it in the whole household."""
    husband_age = max(20, wife_age + dice.band(weights("people.husband_older_by")))
    return [
        Member(relations[0], "M", husband_age, spouse=first + 1),
        Member(relations[1], "F", wife_age, spouse=first),
    ]


def _sex(dice: Dice) -> str:
    return "F" if dice.chance(0.5) else "M"


def _young(dice: Dice, mother_age: int, mother: int, father: int | None, relations: tuple[str, str]) -> Household:
    """One child at home, sometimes two; grown ones have mostly left."""
    ages = {child_age(dice, mother_age) for _ in range(2 if dice.chance(0.22) else 1)}
    sexes = [_sex(dice) for _ in ages]
    return [
        Member(relations[sex == "F"], sex, age, mother, father)
        for age, sex in zip(sorted(ages, reverse=True), sexes, strict=True)
    ]


def lone_elder(dice: Dice) -> Household:
    sex = "F" if dice.chance(number("people.lone_elder_women")) else "M"
    return [Member(HEAD, sex, dice.band(weights("people.lone_elder_ages")))]


def elder_couple(dice: Dice) -> Household:
    wife = dice.band(weights("people.elder_couple_ages"))
    pair = _couple(dice, wife)
    pair[0].age = max(60, pair[0].age)
    return pair


def elder_child(dice: Dice) -> Household:
    """One or two elders and a grown child who never left, or came back."""
    people = elder_couple(dice)
    sex = _sex(dice)
    child = Member(DAUGHTER if sex == "F" else SON, sex, child_age(dice, people[1].age), 1, 0)
    if dice.chance(0.45):
        return [*people, child]
    left = people[1] if dice.chance(0.75) else people[0]
    mother, father = (0, None) if left.sex == "F" else (None, 0)
    return [Member(HEAD, left.sex, left.age), Member(child.relation, sex, child.age, mother, father)]


def three_generation(dice: Dice) -> Household:
    """Grandparents, a couple, and a child; the couple's husband or wife is theirs."""
    mother_age = dice.between(29, 45)
    theirs_is_wife = dice.chance(0.35)
    relations = (SON_IN_LAW, DAUGHTER) if theirs_is_wife else (SON, DAUGHTER_IN_LAW)
    middle = _couple(dice, mother_age, relations, first=2)
    grandmother = max(person.age for person in middle) + dice.band(weights("people.mother_gap"))
    people = [*_couple(dice, grandmother), *middle]
    theirs = people[3] if theirs_is_wife else people[2]
    theirs.mother, theirs.father = 1, 0
    people += _young(dice, mother_age, 3, 2, (GRANDCHILD, GRANDCHILD))
    return people if dice.chance(0.72) else _without_grandfather(people)


def _without_grandfather(people: Household) -> Household:
    """The same household a generation's half poorer: everybody moves up by one place."""

    def moved(place: int | None) -> int | None:
        return place - 1 if place else None

    left = [
        replace(person, mother=moved(person.mother), father=moved(person.father), spouse=moved(person.spouse))
        for person in people[1:]
    ]
    left[0].relation = HEAD
    return left


def nuclear(dice: Dice) -> Household:
    mother_age = dice.between(26, 52)
    return [*_couple(dice, mother_age), *_young(dice, mother_age, 1, 0, (SON, DAUGHTER))]


def couple(dice: Dice) -> Household:
    return _couple(dice, dice.between(25, 57))


def single(dice: Dice) -> Household:
    return [Member(HEAD, _sex(dice), dice.between(24, 59))]


def single_parent(dice: Dice) -> Household:
    if dice.chance(0.8):
        mother_age = dice.between(28, 56)
        return [Member(HEAD, "F", mother_age), *_young(dice, mother_age, 0, None, (SON, DAUGHTER))[:1]]
    father_age = dice.between(32, 58)
    child = _young(dice, father_age, 0, None, (SON, DAUGHTER))[0]
    child.mother, child.father = None, 0
    return [Member(HEAD, "M", father_age), child]


def tenant_family(dice: Dice) -> Household:
    mother_age = dice.between(24, 44)
    people = _couple(dice, mother_age)
    return [*people, *_young(dice, mother_age, 1, 0, (SON, DAUGHTER))] if dice.chance(0.6) else people


def tenant_shared(dice: Dice) -> Household:
    """Two to five who share the rent and are no kin."""
    return [Member(HEAD if at == 0 else NOT_KIN, _sex(dice), dice.between(20, 42)) for at in range(dice.between(2, 5))]


def tenant_single(dice: Dice) -> Household:
    return [Member(HEAD, _sex(dice), dice.between(21, 50))]


def vacant(_dice: Dice) -> Household:
    return []


KINDS: dict[str, Callable[[Dice], Household]] = {
    kind.__name__: kind
    for kind in (
        *(lone_elder, elder_couple, elder_child, three_generation, nuclear, couple),
        *(single, single_parent, tenant_family, tenant_shared, tenant_single, vacant),
    )
}
TENANTS = {"tenant_family", "tenant_shared", "tenant_single"}
