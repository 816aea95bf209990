"""Long lists in portions: a database takes only so many values in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")


def portions(values: Collection[Value], size: int = 5000) -> Iterator[list[Value]]:
    """The values in lists of at most `size`, in order; nothing for nothing."""
    rest = iter(values)
    while portion := list(islice(rest, size)):
        yield portion
