"""Tells when the passing of time alone may next change an answer, so that nobody need ask again before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from lilong.kernel.filters.checking import definition
from lilong.kernel.filters.compiling import Writer
from lilong.kernel.filters.expressions import Any, Expr, Name, Record, children
from lilong.kernel.filters.fragments import render, written
from lilong.kernel.filters.parameters import moment
from lilong.kernel.filters.running import rows
from lilong.kernel.filters.vocabulary import Attribute, Vocabulary, vocabulary
from lilong.kit.clock import SHANGHAI

_DAYS = (":today", ":year", ":month_day")


def next_turn(expr: Expr, at: datetime, *, subject: str = "person") -> datetime | None:
    """The next moment after `at` at which an answer may change although no record does; None where none ever will.

    What goes by days turns at midnight in Shanghai: ages, residencies, windows over records. A record dated later than
    `at` counts from the midnight after.
    """
    known = vocabulary(subject)
    used = list(_used(expr, known))
    texts = [known.present, *(one if isinstance(one, str) else one.sql for one in used)]
    moments = [_midnight(at)] if any(day in text for text in texts for day in _DAYS) else []
    for attribute in {one.turns: one for one in used if isinstance(one, Attribute) and one.turns}.values():
        moments += _turns(attribute, at)
    return min(moments, default=None)


def _used(expr: Expr, known: Vocabulary) -> Iterator[Attribute | str]:
    """The attributes, and the SQL of relations and records, that the answer rests on."""
    match expr:
        case Name(name) if known.attributes[name].filter:
            yield from _used(definition(known.subject, name), known)
        case Name(name):
            yield known.attributes[name]
        case Record():
            yield ":today"
        case Any(relation, condition):
            related = known.relations[relation]
            yield related.rows
            yield from _used(Name(related.known), known)
            yield from _used(condition, vocabulary(related.subject))
    for child in children(expr):
        yield from _used(child, known)


def _midnight(at: datetime) -> datetime:
    tomorrow = at.astimezone(SHANGHAI).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), SHANGHAI).astimezone(UTC)


def _turns(attribute: Attribute, at: datetime) -> list[datetime]:
    writer = Writer(at)
    found = rows(render(written(attribute.turns)), writer.params.values)[0][0]
    return [] if found is None else [moment(found)]
