"""Counts over the place tree as a wall may show them: none under five, and none that could be taken back from a sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

LEAST = 5
"""The smallest count that is shown (DESIGN §4, personal data)."""


@dataclass(frozen=True)
class Cell:
    """One count as it may be shown: `count` is None where it stays hidden, `text` says what stands in its place."""

    count: int | None
    text: str


def cell(count: int) -> Cell:
    """A count in digits with thousands apart; under five it is hidden and reads *fewer than 5*."""
    return Cell(count, f"{count:,}") if count >= LEAST else Cell(None, _("少于5"))


def published(counts: Mapping[int, int]) -> dict[int, Cell]:
    """The counts that may stand beside their total.

    Where exactly one would be hidden, total minus the others would tell it: the next smallest is kept back with it.
    """
    cells = {key: cell(count) for key, count in counts.items()}
    told = [key for key, one in cells.items() if one.count is not None]
    if told and len(cells) - len(told) == 1:
        cells[min(told, key=lambda key: (counts[key], key))] = Cell(None, "—")
    return cells
