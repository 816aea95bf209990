"""Fictional people for tests, with numbers of the division that exists nowhere, computed while a test runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lilong.kernel.places.tests.town import AT, BY
from lilong.kernel.registry.actions import NewPerson, add_people
from lilong.kit.identity import DEMO_DIVISION, check_digit

__all__ = ["AT", "BY", "add", "number", "someone"]


def number(born: date, order: int) -> str:
    """A fictional identity number; an odd `order` is a man's."""
    first = f"{DEMO_DIVISION}{born:%Y%m%d}{order:03}"
    return first + check_digit(first)


def someone(order: int = 2, *, born: date = date(1941, 3, 8), **values: object) -> NewPerson:
    """A woman (a man if `order` is odd) with a number and a phone of her own."""
    new = NewPerson(
        name="王秀珍",
        national_id=number(born, order),
        sex="FM"[order % 2],
        born_on=born,
        phone=f"+861400000{order:04}",
        standing="registered",
    )
    return replace(new, **values)  # type: ignore[arg-type]  # a test names the fields it wants


def add(*batch: NewPerson) -> list[int]:
    """Add people; gives their ids in order."""
    added = add_people(batch, by=BY, at=AT)
    return [added.ids[position] for position in range(len(batch))]
