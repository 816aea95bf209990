"""Households make sense, numbers are nobody's, and the shares are those of the practice."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.kit.identity import check_national_id
from lilong.kit.phones import check_phone
from lilong.simulator import world
from lilong.simulator.people.persons import Person


def years_between(parent: Person, child: Person) -> float:
    return (child.born - parent.born).days / 365.25


def check_coherence(made: world.World) -> None:
    people = {person.key: person for person in made.population.people}
    homes = {home.code for home in made.town.homes}
    for person in people.values():
        for parent in (person.mother, person.father):
            if parent is not None:
                assert 15 <= years_between(people[parent], person) <= 55
        if person.mother is not None:
            assert people[person.mother].sex == "F"
        if person.father is not None:
            assert people[person.father].sex == "M"
        if person.spouse is not None:
            assert people[person.spouse].spouse == person.key
            assert people[person.spouse].sex != person.sex
            assert person.age(made.population.day) >= 18
        assert person.living in homes | {""}
        assert person.registered in homes | {""}
        assert 0 <= person.age(made.population.day) <= 105
    for members in made.population.living().values():
        assert Counter(member.relation for member in members)["02"] == 1
        head = next(member for member in members if member.relation == "02")
        assert head.age(made.population.day) >= 18


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_nobody_is_older_than_their_child_whatever_the_seed(seed: int) -> None:
    check_coherence(world.make("small", seed))


def test_the_demonstration_is_coherent(demo: world.World) -> None:
    check_coherence(demo)


def test_sizes_and_shares_are_those_of_the_practice(truth: dict[str, Any]) -> None:
    counts = truth["counts"]
    assert 4_000 <= counts["living"] <= 4_800
    assert 1_600 <= counts["homes"] <= 1_800
    assert counts["registered"] / counts["living"] == pytest.approx(0.735, abs=0.03)
    assert counts["registered_60"] / counts["registered"] == pytest.approx(0.446, abs=0.025)
    assert counts["lone_elders"] / counts["living_60"] == pytest.approx(0.08, abs=0.015)
    assert 350 <= counts["meters"] <= 450
    assert counts["meters_live"] / counts["meters"] == pytest.approx(0.15, abs=0.02)


def test_the_committees_have_about_4000_and_400_people(demo: world.World) -> None:
    living = Counter(person.living[:12] for person in demo.population.people if person.living)
    assert living["990001001001"] == pytest.approx(4_000, rel=0.1)
    assert living["990001001002"] == pytest.approx(400, rel=0.1)


def test_no_number_is_anybodys(demo: world.World, demo_files: Path) -> None:
    numbers = [person.number for person in demo.population.people]
    assert len(set(numbers)) == len(numbers)
    for person in demo.population.people:
        told = check_national_id(person.number, demo=True)
        assert (told.number, told.born, told.sex, told.division) == (person.number, person.born, person.sex, "990001")
        with pytest.raises(ValueError, match="行政区划代码不存在"):
            check_national_id(person.number)
    with (demo_files / "people.csv").open(encoding="utf-8", newline="") as lines:
        phones = {row["联系电话"] for row in csv.DictReader(lines)} - {""}
    with (demo_files / "contacts.csv").open(encoding="utf-8", newline="") as lines:
        phones |= {row["联系电话"] for row in csv.DictReader(lines)}
    assert len(phones) > 3_000
    assert {check_phone(phone, demo=True)[3:10] for phone in phones} == {"1400000"}
    for phone in phones:
        with pytest.raises(ValueError, match="不存在"):
            check_phone(phone)


def test_a_lone_elder_lives_alone_in_the_files_too(demo: world.World, demo_files: Path) -> None:
    with (demo_files / "people.csv").open(encoding="utf-8", newline="") as lines:
        living = Counter(row["房屋编码"] for row in csv.DictReader(lines))
    lone = [meter.home for meter in demo.meters if meter.lone]
    assert {living[home] for home in lone} == {1}


def test_most_lone_elders_have_somebody_to_call_and_some_have_nobody(demo: world.World) -> None:
    lone = {meter.home for meter in demo.meters if meter.lone}
    called = {contact.elder.living for contact in demo.contacts}
    holders = {contact.elder.living for contact in demo.contacts if contact.key_holder}
    assert called < lone
    assert 0.8 < len(called) / len(lone) < 0.97
    assert 0.3 < len(holders) / len(lone) < 0.65
    assert {contact.relation for contact in demo.contacts} >= {"女儿", "儿子", "邻居"}


def test_children_who_are_called_could_be_their_children(demo: world.World) -> None:
    by_name = {(person.name, person.phone): person for person in demo.population.people}
    known = 0
    for contact in demo.contacts:
        child = by_name.get((contact.name, contact.phone))
        if contact.relation in {"女儿", "儿子"} and child is not None:
            known += 1
            assert years_between(contact.elder, child) >= 15
            assert child.sex == ("F" if contact.relation == "女儿" else "M")
    assert known


def test_shares_of_owners_add_up(demo: world.World) -> None:
    for owners, shares in demo.owners.values():
        if shares == "共同共有":
            assert "、" in owners
            continue
        parts = [share.split("/") for share in shares.split("、")]
        assert len(parts) == len(owners.split("、"))
        assert sum(int(part) for part, _ in parts) == int(parts[0][1])


def test_planted_dirt_is_told_row_by_row(demo: world.World, demo_files: Path, truth: dict[str, Any]) -> None:
    with (demo_files / "people.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert Counter(dirt["expect"] for dirt in truth["dirt"]) == {"quarantine": 9, "accepted": 2, "conflict": 1}
    homes = {home.code for home in demo.town.homes}
    lone = set(truth["lone_elders"])
    refusals = {"wrong_check_character": "校验码", "impossible_birthday": "日期", "scientific_notation": "科学计数法",
                "last_four_zeroed": "校验码"}  # fmt: skip
    for dirt in truth["dirt"]:
        row = rows[dirt["row"] - 1]
        assert row[dirt["field"]] == dirt["written"] != dirt["truth"]
        assert row["房屋编码"] not in lone
        if dirt["kind"] == "unknown_home":
            assert dirt["written"] not in homes
        if dirt["field"] == "公民身份号码" and dirt["expect"] == "accepted":
            assert check_national_id(dirt["written"], demo=True).number == dirt["truth"]
        elif dirt["field"] == "公民身份号码":
            with pytest.raises(ValueError, match=refusals[dirt["kind"]]):
                check_national_id(dirt["written"], demo=True)


def test_the_accounts_name_roles_and_places_that_exist(demo: world.World) -> None:
    places = {area.code for area in demo.town.areas}
    assert {account.scope for account in demo.accounts} <= places
    assert {account.username: account.role for account in demo.accounts} == {
        "juwei1": "committee_worker",
        "juwei2": "committee_worker",
        "wangge1": "grid_officer",
        "zhongxin": "operations",
        "bumen": "department",
        "shuju": "steward",
        "dushu": "auditor",
        "guanli": "admin",
        "daping": "wall",
    }
