"""The one door into the language: text or JSON in, a tree whose names and types hold out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any as Anything

from lilong.kernel.filters.checking import check
from lilong.kernel.filters.expressions import Expr, Name, Record, children
from lilong.kernel.filters.parsing import parse_json, parse_text
from lilong.kernel.filters.vocabulary import vocabulary


def parse(source: str | Mapping[str, Anything], *, subject: str = "person") -> Expr:
    """The filter that CQL2 text, CQL2 JSON text or parsed CQL2 JSON means, about `subject`.

    Raises FilterError with words, the position in the text, and the nearest word where one is likely.
    """
    if isinstance(source, str) and not source.lstrip().startswith("{"):
        expr = parse_text(source)
    else:
        expr = parse_json(source if isinstance(source, str) else json.dumps(source))
    return check(expr, vocabulary(subject))


def terms(expr: Expr) -> Iterator[Name | Record]:
    """The attributes and questions about records that a condition asks of its own subject."""
    if isinstance(expr, Name | Record):
        yield expr
    for child in children(expr):
        yield from terms(child)
