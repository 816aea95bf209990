"""The parameters of one statement: what a user typed and the moments it is asked for, never written into the SQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from sqlglot import exp

from lilong.kernel.filters.expressions import Scalar
from lilong.kernel.records.declared import Type
from lilong.kit.ages import month_day
from lilong.kit.clock import SHANGHAI


class Parameters:
    """Named parameters; the moments of `fragments.MOMENTS` are there from the start."""

    def __init__(self, at: datetime) -> None:
        self.today = at.astimezone(SHANGHAI).date()
        self.values: dict[str, Any] = {
            "at": stored(at),
            "today": stored(self.today),
            "year": self.today.year,
            "month_day": month_day(self.today),
        }

    def add(self, value: Scalar) -> exp.Placeholder:
        """A literal of the filter."""
        return self._named(f"v{len(self.values)}", stored(value))

    def now(self, type_: Type) -> exp.Placeholder:
        """The moment asked for, as a time column of that type holds it."""
        return exp.Placeholder(this="at" if type_ == "timestamp" else "today")

    def window_start(self, days: int, type_: Type) -> exp.Placeholder:
        """Where a window begins: midnight in Shanghai that many days ago, so that only midnights move anybody."""
        try:
            day = self.today - timedelta(days=days)
        except OverflowError:
            day = date.min + timedelta(days=1)  # as good as ever
        start = day if type_ == "date" else datetime.combine(day, time(), SHANGHAI)
        return self._named(f"{type_}_{days}d", stored(start))

    def _named(self, name: str, value: Any) -> exp.Placeholder:
        self.values[name] = value
        return exp.Placeholder(this=name)


def stored(value: Scalar) -> Any:
    """The value as the default database compares it with what it keeps: SQLite keeps dates and moments as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def moment(value: Any) -> datetime:
    """A moment as the database gave it back: aware, UTC. SQLite gives text, or naive where it knows the column."""
    found: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
