"""A scenario's number as a form shows it: an amount in the unit people say, hours or litres, and back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from lilong.kit.spans import parse_span, parse_volume

HOURS, LITRES = _("小时"), _("升")


@dataclass(frozen=True)
class Quantity:
    """`24h` is 24 hours, `10 L` is 10 litres."""

    amount: float
    unit: Any

    @property
    def number(self) -> str:
        """The amount as an input field holds it: no grouping, no needless noughts."""
        return f"{self.amount:g}"

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"

    def written(self, amount: str) -> str:
        """Another amount of the same unit, as a scenario writes it. Raises ValueError for what is no number."""
        return f"{float(amount):g}h" if self.unit is HOURS else f"{float(amount):g} L"


def quantity(text: str) -> Quantity:
    """The quantity a scenario's text means."""
    try:
        return Quantity(parse_span(text) / timedelta(hours=1), HOURS)
    except ValueError:
        return Quantity(parse_volume(text), LITRES)
