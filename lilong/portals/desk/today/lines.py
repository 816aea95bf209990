"""One line of the desk as it is drawn: the kernel's row with its words, its place and whoever has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from lilong.kernel.access import queries as access
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places import queries as places
from lilong.kernel.tickets.queries import TicketRow
from lilong.portals.desk import words
from lilong.portals.desk.words import Word

SOON = timedelta(hours=1)


@dataclass(frozen=True)
class Line:
    """A row with what the template says about it."""

    row: TicketRow
    urgency: Word
    state: Word
    desk: Word
    outcome: Word | None
    next: Any
    committee: str
    assignee: str
    mine: bool
    left: timedelta | None  # until due; None once it is closed or late

    @property
    def soon(self) -> bool:
        return self.left is not None and self.left < SOON


def lines(rows: Sequence[TicketRow], viewer: Viewer, *, at: datetime) -> list[Line]:
    """The lines of these rows, with as many queries for all as for one."""
    people = access.account_names({row.assignee_id for row in rows if row.assignee_id})
    committees = {area.path: area.name for area in places.areas(viewer) if area.kind == "committee"}
    return [_line(row, people, committees, viewer, at) for row in rows]


def line(row: TicketRow, viewer: Viewer, *, at: datetime) -> Line:
    """The line of one row."""
    return lines([row], viewer, at=at)[0]


def _line(row: TicketRow, people: dict[int, str], committees: dict[str, str], viewer: Viewer, at: datetime) -> Line:
    is_open = row.closed_at is None
    return Line(
        row=row,
        urgency=_sober(words.say(words.URGENCIES, row.urgency), not is_open),
        state=_sober(words.say(words.STATES, row.state), row.quiet),
        desk=words.say(words.DESKS, row.desk),
        outcome=words.say(words.OUTCOMES, row.outcome) if row.outcome else None,
        next=words.NEXT.get(row.state, ""),
        committee=next((name for path, name in committees.items() if row.path.startswith(path)), ""),
        assignee=people.get(row.assignee_id or 0, ""),
        mine=row.assignee_id is not None and row.assignee_id == viewer.account_id,
        left=row.due_at - at if is_open and row.late_by is None else None,
    )


def _sober(word: Word, done: bool) -> Word:
    """The word without its colour: what is over is no longer urgent, and a death is no success."""
    return replace(word, tone="") if done else word
