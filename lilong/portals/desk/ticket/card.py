"""Everything one ticket's page is told: the card, its subject, its water, its timeline, and what may be done next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.tickets import queries as tickets
from lilong.kernel.tickets.queries import TicketCard
from lilong.kit.clock import SHANGHAI
from lilong.portals.desk import words
from lilong.portals.desk.ticket import chart, subject
from lilong.portals.desk.ticket.timeline import moments
from lilong.portals.desk.today.lines import line
from lilong.portals.desk.words import Word


def told(viewer: Viewer, ticket_id: int, *, at: datetime) -> dict[str, Any] | None:
    """What the template needs; None when there is no such ticket in the viewer's scope."""
    card = tickets.ticket(viewer, ticket_id, at=at)
    if card is None:
        return None
    return {
        "card": card,
        "line": line(card.row, viewer, at=at),
        "chart": None if card.row.quiet else chart.of_home(card.row.home_id, episode=_episode(card, viewer), at=at),
        "subject": subject.of_person(viewer, card.row.person_id, at=at),
        "may_ask": [(field, words.say(words.FIELDS, field)) for field in subject.MAY_ASK],
        "moments": moments(card.steps, quiet=card.row.quiet),
        "outcomes": _outcomes(card),
        "chain": _chain(card),
        "chain_begun": any(taken for _name, taken in card.chain),
        "whom": [(code, words.say(words.WHOM, code)) for code in _whom(card)],
        "tomorrow": (at.astimezone(SHANGHAI) + timedelta(days=1)).date().isoformat(),
        "may_list": viewer.case is None,
    }


def _episode(card: TicketCard, viewer: Viewer) -> tuple[datetime, datetime] | None:
    found = sensing.finding(viewer, card.row.finding_id) if card.row.finding_id else None
    return (found.start, found.end) if found else None


def _outcomes(card: TicketCard) -> list[tuple[str, Word, bool, bool]]:
    """Each outcome with its word, whether it offers a day of return, and whether it ends in quiet; those come last."""
    listed = [
        (code, words.say(words.OUTCOMES, code), code in card.offers_absence, code in card.quiet_outcomes)
        for code in card.outcomes
    ]
    return sorted(listed, key=lambda outcome: outcome[3])


def _chain(card: TicketCard) -> list[tuple[str, Word, datetime | None, bool]]:
    """The no-answer steps in order: when each was taken, and which is the next one."""
    first_open = next((name for name, taken in card.chain if taken is None), "")
    return [(name, words.say(words.CHAIN, name), taken, name == first_open) for name, taken in card.chain]


def _whom(card: TicketCard) -> list[str]:
    first = [card.first_call] if card.first_call else []
    return first + [code for code in words.WHOM if code not in first]
