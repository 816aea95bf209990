"""The filter as a tree of our own: small, typed, unchangeable; everything after the parser works on it alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

Scalar: TypeAlias = bool | int | float | str | date | datetime
Comparison = Literal["=", "<>", "<", "<=", ">", ">="]
Window: TypeAlias = int | None
"""Whole days back from today in Shanghai, today included; None: ever."""


@dataclass(frozen=True, slots=True)
class Value:
    """A literal."""

    value: Scalar
    position: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """An attribute of the subject."""

    name: str
    position: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Record:
    """A question about the subject's records of one kind: `count`, `exists`, `latest` value, `days_since`."""

    function: Literal["count", "exists", "latest", "days_since"]
    kind: str
    value: str | None = None
    window: Window = None
    position: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Any:
    """Whether the condition is true of any of those who stand in the relation to the subject."""

    relation: str
    condition: Expr
    position: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """Two terms compared."""

    op: Comparison
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Between:
    """A term from `low` to `high`, both included."""

    term: Term
    low: Term
    high: Term


@dataclass(frozen=True, slots=True)
class In:
    """A term that is one of the values."""

    term: Term
    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """A text that follows the pattern: `%` any run of characters, `_` one, a backslash takes the next as it is."""

    term: Term
    pattern: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """A term of which nothing is known; itself always *yes* or *no*."""

    term: Term


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; the opposite of *unknown* is *unknown*."""

    part: Expr


@dataclass(frozen=True, slots=True)
class And:
    """All parts."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any part."""

    parts: tuple[Expr, ...]


Term: TypeAlias = Value | Name | Record
Expr: TypeAlias = Value | Name | Record | Any | Compare | Between | In | Like | IsNull | Not | And | Or


def children(expr: Expr) -> tuple[Expr, ...]:
    """What stands directly below; the condition of `any` speaks of another subject and is no child here."""
    match expr:
        case And(parts) | Or(parts):
            return parts
        case Not(part):
            return (part,)
        case Compare(_, left, right):
            return (left, right)
        case Between(term, low, high):
            return (term, low, high)
        case In(term) | Like(term) | IsNull(term):
            return (term,)
    return ()
