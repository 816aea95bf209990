"""Looks up every name of a filter and makes sure that what is compared can be, before any SQL is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from django.utils.translation import gettext as _

from lilong.kernel.filters.errors import FilterError, nearest
from lilong.kernel.filters.expressions import (
    And,
    Any,
    Between,
    Compare,
    Expr,
    In,
    IsNull,
    Like,
    Name,
    Not,
    Or,
    Term,
    Value,
)
from lilong.kernel.filters.kinds import ORDERED, Kind, brought_to, kind_of, mismatch
from lilong.kernel.filters.parsing import parse_text
from lilong.kernel.filters.vocabulary import Vocabulary, vocabulary
from lilong.kernel.records.declared import DeclarationError

MAX_ANY = 3  # any() within any(): each multiplies the rows to be looked at


@dataclass(frozen=True)
class _Place:
    """Where in the filter we are: whose attributes count, within how many any(), inside which definitions."""

    known: Vocabulary
    within: int = 0
    defining: tuple[str, ...] = ()


def check(expr: Expr, known: Vocabulary) -> Expr:
    """The same condition with its literals brought into their types. Raises FilterError at the first thing wrong."""
    return _check(expr, _Place(known))


@cache
def definition(subject: str, name: str, within: int = 0, defining: tuple[str, ...] = ()) -> Expr:
    """The condition by which a block defines a boolean attribute. Raises DeclarationError for one that cannot be.

    Raises FilterError when any() would nest too deep `within` that many others.
    """
    known = vocabulary(subject)
    where = f"{subject}.attribute.{name}"
    if where in defining:
        raise DeclarationError(f"{where}: defined by itself, through {' and '.join(defining[1:]) or 'nothing else'}")
    try:
        return _check(parse_text(known.attributes[name].filter), _Place(known, within, (*defining, where)))
    except FilterError as problem:
        if within:
            raise FilterError(problem.words) from None
        raise DeclarationError(f"{where}: filter: {problem}") from None


def _check(expr: Expr, place: _Place) -> Expr:
    match expr:
        case And(parts):
            return And(tuple(_check(part, place) for part in parts))
        case Or(parts):
            return Or(tuple(_check(part, place) for part in parts))
        case Not(part):
            return Not(_check(part, place))
        case Any():
            return _any(expr, place)
        case Compare(op, left, right):
            left, right = _alike(left, right, place, ordered=op not in {"=", "<>"})
            return Compare(op, left, right)
        case Between(term, low, high):
            term, low = _alike(term, low, place, ordered=True)
            term, high = _alike(term, high, place, ordered=True)
            return Between(term, low, high)
        case In(term, options):
            kind = _kind(term, place)
            return In(term, tuple(brought_to(option, kind) for option in options))
        case Like(term, pattern):
            return _like(term, pattern, _kind(term, place))
        case IsNull(term):
            _kind(term, place)
            return expr
    kind = _kind(expr, place)
    if kind.type != "boolean":
        raise FilterError(_("{name} 本身不是条件，请加上比较").format(name=kind.words), expr.position)
    return expr


def _any(expr: Any, place: _Place) -> Any:
    relations = place.known.relations
    if expr.relation not in relations:
        near = nearest(expr.relation, {name: relation.title for name, relation in relations.items()})
        raise FilterError(_("没有“{name}”这种关系").format(name=expr.relation), expr.position, near)
    if place.within == MAX_ANY:
        raise FilterError(_("any 最多套 {n} 层").format(n=MAX_ANY), expr.position)
    _kind(Name(relations[expr.relation].known), place)
    others = vocabulary(relations[expr.relation].subject)
    return replace(expr, condition=_check(expr.condition, replace(place, known=others, within=place.within + 1)))


def _alike(left: Term, right: Term, place: _Place, *, ordered: bool) -> tuple[Term, Term]:
    """Both sides in one type; a literal follows the other side."""
    if isinstance(left, Value) and not isinstance(right, Value):
        right, left = _alike(right, left, place, ordered=ordered)
        return left, right
    kind = _kind(left, place)
    if ordered and kind.type not in ORDERED:
        raise mismatch(kind, left.position)
    if isinstance(right, Value):
        return left, brought_to(right, kind)
    if _kind(right, place).type != kind.type:
        raise mismatch(kind, right.position)
    return left, right


def _like(term: Term, pattern: str, kind: Kind) -> Like:
    if kind.type != "text":
        raise mismatch(kind, term.position)
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        raise FilterError(_("LIKE 的文字不能以反斜杠结尾"), term.position)
    return Like(term, pattern)


def _kind(term: Term, place: _Place) -> Kind:
    known = place.known
    if isinstance(term, Name) and term.name in known.attributes and known.attributes[term.name].filter:
        try:
            definition(known.subject, term.name, place.within, place.defining)
        except FilterError as problem:
            problem.position = term.position
            raise
    return kind_of(term, known)
