"""Says for one subject what each clause of a filter came to, and on what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any as Anything

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.filters.checking import definition
from lilong.kernel.filters.compiling import Asked, Node, Writer
from lilong.kernel.filters.expressions import And, Any, Expr, Name, Not, Or, Record, children
from lilong.kernel.filters.fragments import render
from lilong.kernel.filters.kinds import kind_of
from lilong.kernel.filters.language import terms
from lilong.kernel.filters.parameters import moment
from lilong.kernel.filters.running import rows
from lilong.kernel.filters.scoping import condition
from lilong.kernel.filters.vocabulary import Vocabulary, vocabulary
from lilong.kernel.filters.writing import write
from lilong.kernel.records.declared import Type

_COLUMNS = 200  # in one statement; both databases bound them


@dataclass(frozen=True)
class Evidence:
    """One thing known of the subject: its name, Chinese title, value (None: not known) and where that comes from."""

    name: str
    title: str
    value: Anything
    source: str


@dataclass(frozen=True)
class Clause:
    """One clause with its truth (True, False, None for unknown); `parts` are the clauses it is made of."""

    text: str
    truth: bool | None
    evidence: tuple[Evidence, ...] = ()
    parts: tuple[Clause, ...] = ()

    @property
    def missing(self) -> frozenset[str]:
        """Names of what would have to be known to settle the clause, when it is unknown."""
        if self.truth is not None:
            return frozenset()
        below = frozenset[str]().union(*(part.missing for part in self.parts))
        nothing = {one.name for one in self.evidence if one.value is None}
        return below or frozenset(nothing or {one.name for one in self.evidence})


def explain(expr: Expr, subject_id: int, viewer: Viewer, at: datetime, *, subject: str) -> Clause | None:
    """The clauses of `expr` for one subject in the viewer's scope; None for one that is not there."""
    asked, writer = Asked(vocabulary(subject)), Writer(at)
    wanted = _wanted(expr, writer, asked)
    inside, params = condition(viewer, f"{asked.alias}.{asked.known.path}")
    source = f"{writer.source(asked)} AND {asked.alias}.{asked.known.key} = %(subject)s AND {inside}"
    found: dict[_Ask, Anything] = {}
    for first in range(0, len(wanted), _COLUMNS):
        asks = list(wanted)[first : first + _COLUMNS]
        columns = ", ".join(render(wanted[ask]) for ask in asks)
        row = rows(f"{writer.layers}SELECT {columns} {source}", writer.params.values | params | {"subject": subject_id})
        if not row:
            return None
        found |= zip(asks, row[0], strict=True)
    return _clause(expr, asked.known, found)


_Ask = tuple[str, Expr]


def _wanted(expr: Expr, writer: Writer, asked: Asked) -> dict[_Ask, Node]:
    """Every piece of SQL that the explanation needs, each once."""
    wanted: dict[_Ask, Node] = {("truth", expr): writer.truth(expr, asked)}
    for part in _parts(expr, asked.known):
        wanted |= _wanted(part, writer, asked)
    for term in _terms(expr):
        wanted["value", term] = writer.term(term, asked)
        if isinstance(term, Record):
            wanted["row", term] = writer.newest(term, asked)
    if isinstance(expr, Any):
        wanted["others", expr] = writer.how_many(expr, asked)
    return wanted


def _clause(expr: Expr, known: Vocabulary, found: dict[_Ask, Anything]) -> Clause:
    evidence = []
    for term in _terms(expr):
        value = _python(found["value", term], kind_of(term, known).type)
        if isinstance(term, Name):
            attribute = known.attributes[term.name]
            evidence.append(Evidence(term.name, attribute.title, value, attribute.source))
        else:
            row = found["row", term]
            source = "" if row is None else f"{term.kind}:{row}"
            evidence.append(Evidence(write(term), known.records[term.kind].title, value, source))
    if isinstance(expr, Any):
        evidence.append(Evidence(expr.relation, known.relations[expr.relation].title, found["others", expr], ""))
    truth = _python(found["truth", expr], "boolean")
    return Clause(
        write(expr), truth, tuple(evidence), tuple(_clause(part, known, found) for part in _parts(expr, known))
    )


def _parts(expr: Expr, known: Vocabulary) -> tuple[Expr, ...]:
    """The conditions a clause is made of; a defined attribute is made of its definition."""
    if isinstance(expr, Name) and known.attributes[expr.name].filter:
        return (definition(known.subject, expr.name),)
    return children(expr) if isinstance(expr, And | Or | Not) else ()


def _terms(expr: Expr) -> list[Name | Record]:
    return [] if isinstance(expr, And | Or | Not) else list(dict.fromkeys(terms(expr)))


def _python(value: Anything, type_: Type) -> Anything:
    """The value as a filter means it; SQLite gives 0 and 1, and dates and moments as text where it computed them."""
    if value is None:
        return None
    if type_ == "boolean":
        return bool(value)
    if isinstance(value, str) and type_ == "date":
        return date.fromisoformat(value)
    if type_ == "timestamp":
        return moment(value)
    return value
