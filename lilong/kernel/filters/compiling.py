"""Compiles a checked filter to one parameterised SQL condition whose NULL means *unknown*: SQL's logic is ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any as Anything

from django.db import connection
from sqlglot import exp

from lilong.kernel.filters.checking import definition
from lilong.kernel.filters.dialects import DaysBetween, LocalDate, Written
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
    Record,
    Term,
    Value,
)
from lilong.kernel.filters.fragments import fragment, render, written
from lilong.kernel.filters.parameters import Parameters
from lilong.kernel.filters.vocabulary import Vocabulary, vocabulary
from lilong.kernel.records.catalogue import RecordKind

Node = exp.Expr
LEVELS = 4
"""Levels of brackets in one piece of SQL; SQLite before 3.46 takes about thirty in all. Deeper ones become a layer."""
_OPERATORS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip


@dataclass(frozen=True)
class Compiled:
    """One condition as SQL. `truth` is true, false or NULL; `source` is FROM … WHERE the subject is present.

    `layers` is what stands before SELECT: the WITH of deep parts, or nothing. Parameters are named, `%(v0)s`, as
    Django's cursors take them on both databases.
    """

    layers: str
    truth: str
    source: str
    key: str
    path: str
    params: dict[str, Anything]

    @property
    def yes(self) -> str:
        """SELECT of the ids for whom the condition is known to be true."""
        return f"{self.layers}SELECT {self.key} {self.source} AND {self.truth}"

    @property
    def unknown(self) -> str:
        """SELECT of the ids for whom it cannot be told."""
        return f"{self.layers}SELECT {self.key} {self.source} AND {self.truth} IS NULL"


@dataclass(frozen=True)
class Asked:
    """Of whom a piece of the filter speaks: the subject at depth 0, others within any() below."""

    known: Vocabulary
    depth: int = 0

    @property
    def alias(self) -> str:
        """The alias of their table."""
        return f"p{self.depth}"


def compile(expr: Expr, *, subject: str = "person", at: datetime) -> Compiled:
    """The checked filter as SQL for the default database, as of `at`."""
    writer, asked = Writer(at), Asked(vocabulary(subject))
    truth = render(writer.truth(expr, asked))
    key, path = f"{asked.alias}.{asked.known.key}", f"{asked.alias}.{asked.known.path}"
    return Compiled(writer.layers, truth, writer.source(asked), key, path, writer.params.values)


class Writer:
    """Writes the pieces of one statement, which share their parameters."""

    def __init__(self, at: datetime) -> None:
        self.params = Parameters(at)
        self._layers: list[str] = []
        self._defined: dict[tuple[str, int, str], str] = {}

    @property
    def layers(self) -> str:
        """WITH and the layers written so far, inner ones first; empty where there are none."""
        return f"WITH {', '.join(self._layers)} " if self._layers else ""

    def source(self, asked: Asked) -> str:
        """FROM … WHERE the subject is present."""
        present = exp.Paren(this=written(asked.known.present, (("p", asked.alias),)))
        return f"FROM {asked.known.table} AS {asked.alias} WHERE {render(present)}"

    def truth(self, expr: Expr, asked: Asked, level: int = 0) -> Node:
        """The condition, in brackets, of which there are `level` around it."""
        if level == LEVELS and isinstance(expr, And | Or | Not):
            return self._layer(expr, asked)
        return exp.Paren(this=self._truth(expr, asked, level + 1))

    def term(self, term: Term, asked: Asked) -> Node:
        """The value of a term."""
        match term:
            case Value(bool(value)):
                return exp.Boolean(this=value)
            case Value(value):
                return self.params.add(value)
            case Name(name):
                return exp.Paren(this=self._attribute(name, asked))
            case Record():
                return self._record(term, asked)
        raise AssertionError(term)

    def _layer(self, expr: Expr, asked: Asked) -> Node:
        """The condition as a layer of its own, answered for one subject at a time: both databases write it back in."""
        alone = Asked(asked.known)
        body = exp.select(
            exp.alias_(exp.column(alone.known.key, table=alone.alias), "key"),
            exp.alias_(self.truth(expr, alone), "truth"),
        ).from_(_named(alone.known.table, alone.alias), copy=False)
        text = render(body)
        name = f"layer{len(self._layers)}"  # after the layers inside it
        self._layers.append(f"{name} AS NOT MATERIALIZED ({text})")
        this_one = exp.column("key", table="s").eq(exp.column(asked.known.key, table=asked.alias))
        answer = exp.select(exp.column("truth", table="s")).from_(_named(name, "s"), copy=False)
        return exp.Subquery(this=answer.where(this_one, copy=False))

    def _truth(self, expr: Expr, asked: Asked, level: int) -> Node:
        match expr:
            case And(parts):
                return _joined(exp.And, [self.truth(part, asked, level) for part in parts])
            case Or(parts):
                return _joined(exp.Or, [self.truth(part, asked, level) for part in parts])
            case Not(part):
                return exp.Not(this=self.truth(part, asked, level))
            case Any():
                return self._any(expr, asked)
            case Compare(op, left, right):
                return _OPERATORS[op](this=self.term(left, asked), expression=self.term(right, asked))
            case Between(term, low, high):
                terms = {"this": term, "low": low, "high": high}
                return exp.Between(**{part: self.term(each, asked) for part, each in terms.items()})
            case In(term, options):
                return exp.In(this=self.term(term, asked), expressions=[self.term(one, asked) for one in options])
            case Like(term, pattern) if connection.vendor == "sqlite":  # its LIKE takes a for A
                return exp.Glob(this=self.term(term, asked), expression=self.params.add(glob(pattern)))
            case Like(term, pattern):
                return exp.Like(this=self.term(term, asked), expression=self.params.add(pattern))
            case IsNull(term):
                return exp.Is(this=self.term(term, asked), expression=exp.Null())
        return self.term(expr, asked)

    def _attribute(self, name: str, asked: Asked) -> Node:
        attribute = asked.known.attributes[name]
        if attribute.sql:
            return written(attribute.sql, (("p", asked.alias),))
        key = (asked.known.subject, asked.depth, name)
        if key not in self._defined:
            self._defined[key] = render(self.truth(definition(asked.known.subject, name, asked.depth), asked))
        return Written(this=self._defined[key])

    def _any(self, expr: Any, asked: Asked) -> Node:
        """The best answer among the others: 2 yes, 1 unknown, 0 no. Nobody there is *no*, nobody known *unknown*."""
        answers: dict[Node, Node] = {exp.true(): _number(2), exp.false(): _number(0)}
        best = self._others(expr, asked, lambda truth: exp.Max(this=_case(truth, answers, _number(1))))
        best = exp.Coalesce(this=best, expressions=[_number(0)])
        return self._if_known(expr, asked, _case(best, {_number(2): exp.true(), _number(0): exp.false()}))

    def how_many(self, expr: Any, asked: Asked) -> Node:
        """Of how many others the condition is known to be true; NULL where they are not known."""
        count = self._others(expr, asked, lambda truth: exp.Count(this=exp.Case(ifs=[_if(truth, _number(1))])))
        return self._if_known(expr, asked, count)

    def _others(self, expr: Any, asked: Asked, summed: Callable[[Node], Node]) -> Node:
        relation = asked.known.relations[expr.relation]
        other = Asked(vocabulary(relation.subject), asked.depth + 1)
        rows = fragment(relation.rows, (("p", asked.alias), ("o", other.alias)))
        plain = isinstance(expr.condition, Value)
        truth = self.truth(expr.condition, other) if plain else self._layer(expr.condition, other)
        rows.set("expressions", [summed(truth)])
        return exp.Subquery(this=rows)

    def _if_known(self, expr: Any, asked: Asked, told: Node) -> Node:
        known = Name(asked.known.relations[expr.relation].known)
        return exp.Case(ifs=[_if(self.term(known, asked), told)])

    def newest(self, ask: Record, asked: Asked) -> Node:
        """The id of the newest record that the question takes into account."""
        rows, time, kind = self._records(ask, asked)
        key = exp.column(kind.id, table="r")
        return exp.Subquery(this=_newest_first(rows.select(key, copy=False), time, key))

    def _record(self, ask: Record, asked: Asked) -> Node:
        rows, time, kind = self._records(ask, asked)
        match ask.function:
            case "exists":
                return exp.Exists(this=rows.select(_number(1), copy=False))
            case "count":
                return exp.Subquery(this=rows.select(exp.Count(this=exp.Star()), copy=False))
            case "days_since":
                newest: Node = exp.Max(this=time)
                day = newest if kind.time_type == "date" else LocalDate(this=newest)
                days = DaysBetween(this=day, expression=exp.Placeholder(this="today"))
                return exp.Subquery(this=rows.select(days, copy=False))
        value = kind.values[str(ask.value)]
        column: Node = exp.column(value.column, table="r")
        if value.type in {"text", "code"}:  # an empty cell says nothing
            column = exp.Nullif(this=column, expression=exp.Literal.string(""))
        return exp.Subquery(this=_newest_first(rows.select(column, copy=False), time, exp.column(kind.id, table="r")))

    def _records(self, ask: Record, asked: Asked) -> tuple[exp.Select, Node, RecordKind]:
        """FROM and WHERE of the records asked for, the column of their time, and what was declared of them."""
        kind = asked.known.records[ask.kind]
        time = exp.column(kind.time, table="r")
        conditions: list[Node] = [
            exp.column(kind.key, table="r").eq(exp.column(asked.known.key, table=asked.alias)),
            exp.LTE(this=time.copy(), expression=self.params.now(kind.time_type)),
        ]
        if ask.window is not None:
            start = self.params.window_start(ask.window, kind.time_type)
            conditions.append(exp.GTE(this=time.copy(), expression=start))
        if kind.where:
            conditions.append(exp.Paren(this=written(kind.where)))
        return exp.Select().from_(_named(kind.table, "r"), copy=False).where(*conditions, copy=False), time, kind


def _named(table: str, alias: str) -> Node:
    return exp.alias_(exp.to_table(table), alias, table=True)


def _newest_first(rows: exp.Select, *order: Node) -> exp.Select:
    return rows.order_by(*(exp.Ordered(this=one.copy(), desc=True) for one in order), copy=False).limit(1, copy=False)


def glob(pattern: str) -> str:
    """A pattern of LIKE as one of GLOB, which minds the case of letters as PostgreSQL's LIKE does."""
    signs = iter(pattern)
    parts = []
    for sign in signs:
        if sign in "%_":
            parts.append("*" if sign == "%" else "?")
            continue
        literal = next(signs) if sign == "\\" else sign
        parts.append(f"[{literal}]" if literal in "*?[" else literal)
    return "".join(parts)


def _number(value: int) -> Node:
    return exp.Literal.number(value)


def _if(when: Node, then: Node) -> exp.If:
    return exp.If(this=when, true=then)


def _case(this: Node, answers: dict[Node, Node], default: Node | None = None) -> exp.Case:
    return exp.Case(this=this, ifs=[_if(when, then) for when, then in answers.items()], default=default)


def _joined(operator: type[exp.Connector], parts: Sequence[Node]) -> Node:
    """The parts in one row, without brackets around more than one: those would nest."""
    return reduce(lambda left, right: operator(this=left, expression=right), parts)
