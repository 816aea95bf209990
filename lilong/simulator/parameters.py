"""Reads the numbers the simulator draws from: one file, in which each stands beside its source."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("parameters.toml")


@cache
def table() -> dict[str, Any]:
    """The whole file as it stands: nested tables that end in `value` and `source`."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def value(name: str) -> Any:
    """What stands under a dotted name, such as `people.mother_gap`; raises KeyError naming a parameter there is not."""
    node: Any = table()
    for part in name.split("."):
        if part not in node:
            raise KeyError(f"no parameter {name!r} in {FILE.name}")
        node = node[part]
    return node["value"]


def number(name: str) -> float:
    """A parameter that is one number."""
    return float(value(name))


def share(name: str, part: str) -> float:
    """One named number of a parameter that is a table."""
    return float(value(name)[part])


def weights(name: str, form: str | None = None) -> dict[str, float]:
    """A table of weights; with `form`, the one of several tables that is named so."""
    chosen = value(name) if form is None else value(name)[form]
    return {str(key): float(weight) for key, weight in chosen.items()}
