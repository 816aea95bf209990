"""Plausible invented names: a surname and one or two characters of the years in which the person was born."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from ..dice import Dice

FILE = Path(__file__).parents[1] / "names.toml"


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def _surnames() -> dict[str, float]:
    return {name: float(weight) for weight, names in _lists()["surnames"].items() for name in names}


def surname(dice: Dice) -> str:
    return dice.weighted(_surnames())


def given(dice: Dice, sex: str, year: int) -> str:
    """A given name for a child of sex F or M born in `year`."""
    era = next(era for era in _lists()["era"] if year <= era["until"])
    who = "women" if sex == "F" else "men"
    last: str = dice.pick(era[f"{who}_last"])
    if dice.chance(era["single"]):
        return last
    first: str = dice.pick(era[f"{who}_first"].replace(last, ""))
    return first + last
