"""Fills the homes: who lives where, who is registered where, and who owns and lets what."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from ..dice import Dice
from ..parameters import number, share, weights
from ..town.built import Home
from .households import HEAD, KINDS, TENANTS, Household, Member, child_age, couple, elder_couple, lone_elder, vacant
from .persons import ELDER, Person, Registry

REGISTERED, SEPARATED, MIGRANT, OVERSEAS = "户籍人口", "人户分离", "来沪人员", "境外"


class Population:
    """Everybody, and for each home the kind of household in it; built once, then only read."""

    def __init__(self, homes: tuple[Home, ...], seed: int, day: date, planted: dict[str, Household]) -> None:
        self.seed, self.day = seed, day
        self.registry = Registry(seed, day)
        self.kinds: dict[str, str] = {}
        self.landlords: dict[str, list[Person]] = {}
        for home in homes:
            self._fill(home, planted.get(home.code))
        self._let()
        self._strike_off(homes)

    @property
    def people(self) -> list[Person]:
        return self.registry.people

    def living(self) -> dict[str, list[Person]]:
        """Those who live in each home, in the order in which they stand."""
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            if person.living:
                found[person.living].append(person)
        return found

    def _fill(self, home: Home, planted: Household | None) -> None:
        dice = Dice(self.seed, "household", home.code)
        kind = "planted" if planted else dice.weighted(weights("people.households", home.form))
        self.kinds[home.code] = kind
        people = self.registry.settle(planted or KINDS.get(kind, vacant)(dice), dice)
        away = dice.chance(number("people.tenant_from_elsewhere"))
        age_group = "elders" if any(person.age(self.day) >= ELDER for person in people) else "younger"
        at_home = kind == "planted" or dice.chance(share("people.local_family_registered_at_home", age_group))
        for person in people:
            person.living = home.code
            if kind in TENANTS:
                person.standing = MIGRANT if away else SEPARATED
            elif at_home:
                person.standing, person.registered = REGISTERED, home.code
            else:
                person.standing = SEPARATED
            if dice.chance(number("people.foreigner")) and person.relation != HEAD:
                person.standing, person.registered = OVERSEAS, ""
        if at_home and kind in {"elder_couple", "lone_elder"}:
            self._grown_children(home, people, dice)

    def _grown_children(self, home: Home, parents: list[Person], dice: Dice) -> None:
        """Children who left years ago and are still registered at their parents'."""
        if not dice.chance(number("people.child_still_registered_at_parents")):
            return
        mother = next((person for person in parents if person.sex == "F"), None)
        father = next((person for person in parents if person.sex == "M"), None)
        eldest = mother or parents[0]
        sex = "F" if dice.chance(0.5) else "M"
        member = Member("30" if sex == "F" else "20", sex, child_age(dice, eldest.age(self.day)))
        child = self.registry.settle([member], dice)[0]
        child.name = (father or eldest).name[0] + child.name[1:]
        child.mother = mother.key if mother else None
        child.father = father.key if father else None
        child.standing, child.registered = REGISTERED, home.code

    def _let(self) -> None:
        """The owners of homes that are let or empty: registered there, living elsewhere, a few of them nearby."""
        dice = Dice(self.seed, "owners of let homes")
        homes = [code for code, kind in self.kinds.items() if kind in TENANTS or kind == "vacant"]
        families: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            if person.standing == SEPARATED and person.living and self.kinds[person.living] not in TENANTS:
                families[person.living].append(person)
        nearby = dice.shuffled(list(families.values()))
        most = number("people.owner_lives_in_subdistrict") * len(families)
        for home in homes:
            if len(families) - len(nearby) < most and dice.chance(0.5):
                family = nearby.pop()
                for person in family:
                    person.standing, person.registered = REGISTERED, home
                self.landlords[home] = family
            elif dice.chance(number("people.owner_registered_at_let_home")):
                kind = dice.weighted({"elder_couple": 46, "lone_elder": 16, "couple": 38})
                make = {"elder_couple": elder_couple, "lone_elder": lone_elder, "couple": couple}[kind]
                family = self.registry.settle(make(dice), dice)
                for person in family:
                    person.standing, person.registered = REGISTERED, home
                self.landlords[home] = family

    def _strike_off(self, homes: tuple[Home, ...]) -> None:
        """Rows that stay in the file for people who died, moved away or left the city in the last year."""
        dice = Dice(self.seed, "struck off")
        for _ in range(round(len(self.people) * number("people.struck_off_per_thousand") / 1000)):
            home = dice.pick(homes)
            reason = dice.weighted({"死亡": 50, "迁出": 30, "离沪": 20})
            age = dice.between(76, 96) if reason == "死亡" else dice.between(22, 60)
            sex = "F" if dice.chance(0.5) else "M"
            person = self.registry.settle([Member(HEAD, sex, age)], dice)[0]
            person.struck_off = reason
            person.struck_off_on = self.day - timedelta(days=dice.between(10, 350))
            person.standing = MIGRANT if reason == "离沪" else REGISTERED
            person.registered = home.code if reason == "死亡" else ""
