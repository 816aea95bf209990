"""Age in whole years, one rule for pages, filters and imports."""

from __future__ import annotations

from calendar import isleap
from datetime import date


def age(born_on: date, on: date) -> int:
    """Whole years (周岁) on the day `on`; the birthday itself counts. Negative before the first birthday of all."""
    return on.year - born_on.year - (born_on.month * 100 + born_on.day > month_day(on))


def month_day(on: date) -> int:
    """Month × 100 + day, with which a birthday is compared; the last of February counts as the 29th.

    Who was born on 29 February has the birthday on the 28th in a common year: where the corresponding day is lacking,
    it is the last of its month (Civil Code art. 202).
    """
    if on.month == 2 and on.day == 28 and not isleap(on.year):
        return 229
    return on.month * 100 + on.day
