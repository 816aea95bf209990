"""The two SQL dialects as filters use them: three functions of dates that SQLGlot does not carry across by itself."""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.dialects import Postgres, SQLite


class LocalDate(exp.Func):
    """The day in Shanghai of a moment kept in UTC."""

    arg_types = {"this": True}


class DaysBetween(exp.Func):
    """Whole days from the date `this` to the date `expression`."""

    arg_types = {"this": True, "expression": True}


_PIECES = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2)}


class Embedded(SQLite):  # type: ignore[misc]  # SQLGlot's dialect modules carry no types
    """SQLite: dates are text, 2025-11-22."""

    class Generator(SQLite.Generator):  # type: ignore[misc]  # as above
        """Parameters are named, as Django takes them on both databases."""

        def placeholder_sql(self, expression: exp.Placeholder) -> str:
            return f"%({expression.name})s"

        def extract_sql(self, expression: exp.Extract) -> str:
            start, length = _PIECES[expression.name.upper()]
            return f"CAST(SUBSTR({self.sql(expression, 'expression')}, {start}, {length}) AS INTEGER)"

        def localdate_sql(self, expression: LocalDate) -> str:
            return f"DATE({self.sql(expression, 'this')}, '+8 hours')"

        def daysbetween_sql(self, expression: DaysBetween) -> str:
            first, last = self.sql(expression, "this"), self.sql(expression, "expression")
            return f"CAST(JULIANDAY({last}) - JULIANDAY({first}) AS INTEGER)"


class Server(Postgres):  # type: ignore[misc]  # as above
    """PostgreSQL."""

    class Generator(Postgres.Generator):  # type: ignore[misc]  # as above
        """Moments are `timestamptz`."""

        def localdate_sql(self, expression: LocalDate) -> str:
            return f"CAST({self.sql(expression, 'this')} AT TIME ZONE 'Asia/Shanghai' AS DATE)"

        def daysbetween_sql(self, expression: DaysBetween) -> str:
            first, last = self.sql(expression, "this"), self.sql(expression, "expression")
            return f"(CAST({last} AS DATE) - CAST({first} AS DATE))"


DIALECTS: dict[str, Any] = {"sqlite": Embedded, "postgresql": Server}
"""By Django's name of the database."""
