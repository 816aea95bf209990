"""The numbers that hold at a place: the scenario's own, moved by the nearest committee that set one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lilong.kernel.engine.declaration import replaced
from lilong.kernel.engine.models import Number
from lilong.kernel.engine.scenarios import Declared


@dataclass(frozen=True)
class Chosen:
    """One number as a place has it: the value, who set it and when (empty `by`: the scenario's own)."""

    key: str
    value: str
    by: str
    at: datetime | None
    why: str


def set_at(slug: str) -> list[Number]:
    """Every number ever set for a scenario, oldest first."""
    return list(Number.objects.filter(scenario=slug).order_by("id"))


def chosen(path: str, numbers: Iterable[Number]) -> dict[str, Chosen]:
    """The numbers set for `path`: the nearest place wins, at one place the newest; an emptied one falls back."""
    best: dict[str, tuple[int, Number]] = {}
    newest: dict[tuple[str, str], Number] = {(n.key, n.path): n for n in numbers}  # later ones replace earlier
    for number in newest.values():
        if number.value and path.startswith(number.path):
            near = len(number.path)
            if number.key not in best or near > best[number.key][0]:
                best[number.key] = (near, number)
    return {key: Chosen(key, n.value, n.by, n.at, n.why) for key, (_, n) in best.items()}


def params(declared: Declared, path: str, numbers: Iterable[Number]) -> dict[str, Any]:
    """The [watch] table with the numbers that hold at `path`, as the detectors take it."""
    table = declared.declaration.watch_table()
    for key, number in chosen(path, numbers).items():
        if key in declared.declaration.settings:
            table = replaced(table, key, number.value)
    return table
