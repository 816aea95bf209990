"""The two SQL dialects as filters use them: named parameters, and three functions of dates that differ."""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.dialects import Postgres, SQLite


class LocalDate(exp.Expression, exp.Func):
    """The day in Shanghai of a moment kept in UTC."""

    arg_types = {"this": True}


class DaysBetween(exp.Expression, exp.Func):
    """Whole days from the date `this` to the date `expression`."""

    arg_types = {"this": True, "expression": True}


class Written(exp.Expression):
    """A piece that is SQL text already: written once by us from an allow-listed tree, and used many times."""

    arg_types = {"this": True}


_PIECES = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2)}


def _piece(write: Any, of: exp.Extract) -> str:
    start, length = _PIECES[of.name.upper()]
    return f"CAST(SUBSTR({write.sql(of, 'expression')}, {start}, {length}) AS INTEGER)"


def _julian_days(write: Any, of: DaysBetween) -> str:
    return f"CAST(JULIANDAY({write.sql(of, 'expression')}) - JULIANDAY({write.sql(of, 'this')}) AS INTEGER)"


def _dates_apart(write: Any, of: DaysBetween) -> str:
    return f"(CAST({write.sql(of, 'expression')} AS DATE) - CAST({write.sql(of, 'this')} AS DATE))"


class Embedded(SQLite):  # type: ignore[misc]  # SQLGlot's dialect modules carry no types
    """SQLite: dates are text, 2025-11-22, and moments text in UTC."""

    class Generator(SQLite.Generator):  # type: ignore[misc]  # as above
        """Parameters are named as Django takes them on both databases."""

        TRANSFORMS = {
            **SQLite.Generator.TRANSFORMS,
            exp.Placeholder: lambda _write, of: f"%({of.name})s",
            exp.Extract: _piece,
            Written: lambda _write, of: of.this,
            LocalDate: lambda write, of: f"DATE({write.sql(of, 'this')}, '+8 hours')",
            DaysBetween: _julian_days,
        }


class Server(Postgres):  # type: ignore[misc]  # as above
    """PostgreSQL: moments are `timestamptz`, and parameters are named so already."""

    class Generator(Postgres.Generator):  # type: ignore[misc]  # as above
        """Its own functions of dates."""

        TRANSFORMS = {
            **Postgres.Generator.TRANSFORMS,
            Written: lambda _write, of: of.this,
            LocalDate: lambda write, of: f"CAST({write.sql(of, 'this')} AT TIME ZONE 'Asia/Shanghai' AS DATE)",
            DaysBetween: _dates_apart,
        }


DIALECTS: dict[str, Any] = {"sqlite": Embedded, "postgresql": Server}
"""By Django's name of the database."""
