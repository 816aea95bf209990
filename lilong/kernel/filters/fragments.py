"""Takes pieces of SQL that blocks declare into the tree of a filter: neutral, allow-listed, with our aliases."""

from __future__ import annotations

from functools import cache

import sqlglot
from django.db import connection
from sqlglot import ErrorLevel, exp

from lilong.kernel.filters.dialects import DIALECTS, DaysBetween, LocalDate, Written
from lilong.kernel.records.declared import DeclarationError

MOMENTS = frozenset({"at", "today", "year", "month_day"})
"""The parameters a declaration may use: the moment, its day in Shanghai, and that day's year and month × 100 + day."""

ALLOWED: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Select, exp.From, exp.Join, exp.Where, exp.Order, exp.Ordered, exp.Limit, exp.Group, exp.Subquery,
        exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Placeholder, exp.Literal, exp.Boolean,
        exp.Null, exp.Star, exp.Var, exp.Paren, exp.Tuple, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE,
        exp.GT, exp.GTE, exp.Is, exp.In, exp.Between, exp.Like, exp.Glob, exp.Exists, exp.Case, exp.If, exp.Coalesce,
        exp.Nullif, exp.Cast, exp.DataType, exp.Extract, exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Count, exp.Min,
        exp.Max, exp.Sum, LocalDate, DaysBetween, Written,
    }
)  # fmt: skip


def fragment(sql: str, aliases: tuple[tuple[str, str], ...] = ()) -> exp.Expr:
    """The tree of one declared piece, a copy of its own, with aliases renamed. Raises DeclarationError."""
    tree = _parsed(sql).copy()
    names = dict(aliases)
    for identifier in tree.find_all(exp.Identifier):
        at_column = isinstance(identifier.parent, exp.Column) and identifier.arg_key == "table"
        if (at_column or isinstance(identifier.parent, exp.TableAlias)) and identifier.this in names:
            identifier.set("this", names[identifier.this])
    return tree


@cache
def _parsed(sql: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(sql)
    except sqlglot.ParseError as problem:
        raise DeclarationError(f"SQL of a declaration: {problem}: {sql}") from None
    _allow(tree)
    for column in tree.find_all(exp.Column):
        if not column.table:
            raise DeclarationError(f"SQL of a declaration: column {column.name!r} needs its alias: {sql}")
    if unknown := {one.name for one in tree.find_all(exp.Placeholder)} - MOMENTS:
        raise DeclarationError(f"SQL of a declaration: unknown parameter {sorted(unknown)[0]!r}: {sql}")
    if any("%" in literal.name for literal in tree.find_all(exp.Literal)):
        raise DeclarationError(f"SQL of a declaration: no % in a literal, it marks parameters: {sql}")
    return tree


def written(sql: str, aliases: tuple[tuple[str, str], ...] = ()) -> Written:
    """One declared piece as text for this database. Raises DeclarationError."""
    return Written(this=_text(connection.vendor, sql, aliases))


def render(tree: exp.Expr) -> str:
    """The text of a tree for this database. Raises DeclarationError for a node that no filter needs: the net under
    everything that writes SQL."""
    _allow(tree)
    return _render(connection.vendor, tree)


@cache
def _text(vendor: str, sql: str, aliases: tuple[tuple[str, str], ...]) -> str:
    return _render(vendor, fragment(sql, aliases))


def _render(vendor: str, tree: exp.Expr) -> str:
    return tree.sql(dialect=DIALECTS[vendor], unsupported_level=ErrorLevel.RAISE)


def _allow(tree: exp.Expr) -> None:
    for node in tree.walk():
        if type(node) not in ALLOWED:
            raise DeclarationError(f"SQL node {type(node).__name__} is not on the list of those allowed")
