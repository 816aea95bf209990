"""The same seed gives the same subdistrict, to the byte, and the simulator stands apart from the product."""

from __future__ import annotations

import ast
from datetime import datetime
from pathlib import Path

import pytest

from lilong.simulator import files, parameters, world
from lilong.simulator.dice import Dice

HERE = Path(files.__file__).parent


def test_the_same_seed_writes_the_same_bytes(demo_files: Path, tmp_path: Path) -> None:
    files.write(world.make("demo", 7), tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in demo_files.iterdir()}
    assert sorted(written) == [
        *("accounts.csv", "buildings.geojson", "contacts.csv", "devices.csv"),
        *("homes.csv", "people.csv", "tree.csv", "truth.json"),
    ]


def test_another_seed_writes_other_people(demo_files: Path, tmp_path: Path) -> None:
    files.write(world.make("demo", 8), tmp_path)
    assert (tmp_path / "people.csv").read_bytes() != (demo_files / "people.csv").read_bytes()


def test_another_start_keeps_the_ages(tmp_path: Path) -> None:
    later = datetime.fromisoformat("2028-02-29T05:50:00+08:00")
    made = world.make("small", 7, later)
    hero = next(person for person in made.population.people if person.name == "黄杏娣")
    assert hero.age(later.date()) == 84


def test_the_draws_of_one_part_do_not_move_those_of_another() -> None:
    assert Dice(7, "a").between(0, 10**9) == Dice(7, "a").between(0, 10**9) != Dice(7, "b").between(0, 10**9)


def test_every_parameter_names_its_source() -> None:
    def leaves(name: str, node: object) -> list[str]:
        if not isinstance(node, dict):
            return [name]
        if "value" in node:
            return [] if len(str(node.get("source", ""))) >= 7 else [name]
        return [leaf for key, below in node.items() for leaf in leaves(f"{name}.{key}", below)]

    assert leaves("", parameters.table()) == []


def test_a_parameter_that_does_not_exist_is_named() -> None:
    with pytest.raises(KeyError, match=r"people\.height"):
        parameters.value("people.height")


def test_the_simulator_imports_nothing_of_the_product_but_the_kit() -> None:
    found = set()
    for path in HERE.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found |= {name for name in names if name.startswith(("lilong", "django"))}
    assert found
    assert {name for name in found if not name.startswith("lilong.kit")} == set()
