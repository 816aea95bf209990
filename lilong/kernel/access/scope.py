"""Scope compiled into queries: a row comes back exactly when the viewer sees its path."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from django.db import connection, connections
from django.db.models import Model, Q, QuerySet

from lilong.kernel.access.viewer import Viewer

Rows = TypeVar("Rows", bound=Model)
_COLUMN = re.compile(r'[A-Za-z_"][\w".]*')


def limit(queryset: QuerySet[Rows], viewer: Viewer, field: str = "path", *, case: str = "") -> QuerySet[Rows]:
    """The rows whose `field` (a place path) lies in the viewer's scope.

    The holder of a task link gets none, unless `case` names the field that holds the id of the case.
    """
    if viewer.case is not None:
        return queryset.filter(**{case: viewer.case}) if case else queryset.none()
    if not viewer.scope:
        return queryset.none()
    within = Q()
    for prefix in widest(viewer.scope):
        within |= _under(field, prefix, connections[queryset.db].vendor)
    return queryset.filter(within)


def sql(viewer: Viewer, column: str) -> tuple[str, list[Any]]:
    """The same as a condition for raw SQL on the default database: text with `%s`, and its parameters.

    `column` is written by us, never by a user. The holder of a task link gets a condition that is never true.
    """
    if _COLUMN.fullmatch(column) is None:
        raise ValueError(f"scope: not the name of a column: {column!r}")
    parts: list[str] = []
    params: list[Any] = []
    for prefix in widest(viewer.scope):
        if connection.vendor == "sqlite":
            parts.append(f"({column} >= %s AND {column} < %s)")
            params += [prefix, _end(prefix)]
        else:
            parts.append(f"{column} LIKE %s ESCAPE '!'")
            params.append(escape_like(prefix) + "%")
    return (f"({' OR '.join(parts)})" if parts else "(1 = 0)"), params


def escape_like(text: str) -> str:
    """`text` so that `LIKE … ESCAPE '!'` takes every character of it literally."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def widest(scope: frozenset[str]) -> list[str]:
    """The prefixes without those that lie under another one, sorted."""
    kept: list[str] = []
    for prefix in sorted(scope):
        if not (kept and prefix.startswith(kept[-1])):
            kept.append(prefix)
    return kept


def _under(field: str, prefix: str, vendor: str) -> Q:
    # On SQLite a LIKE with ESCAPE uses no index, but text is ordered by bytes, so a range says the same. PostgreSQL
    # may order by a language, where a range would be wrong; there `startswith` is a LIKE, which a pattern index serves.
    if vendor == "sqlite":
        return Q(**{f"{field}__gte": prefix, f"{field}__lt": _end(prefix)})
    return Q(**{f"{field}__startswith": prefix})


def _end(prefix: str) -> str:
    """The least text that comes after everything beginning with `prefix`, which ends in a slash: `/1/` -> `/10`."""
    return prefix[:-1] + chr(ord("/") + 1)
