"""What a live page is told when a fact is sealed: the same few words of an event as in the first picture, no more."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.utils import translation

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal.queries import SealedFact
from lilong.kernel.tickets.queries import Happening
from lilong.portals.brain import events
from lilong.portals.brain.picture import days_begin
from lilong.portals.parts.live import Event, Render

KINDS = frozenset(
    f"ticket.{what}"
    for what in ("opened", "dispatched", "accepted", "handed_back", "step", "noted", "closed", "voided")
)


def renderer(atlas: events.Atlas, language: str) -> Render:
    """`tell` for one stream: with the map that its page shows, and in its reader's language."""

    def render(fact: SealedFact, viewer: Viewer) -> Event | None:
        with translation.override(language):
            told = tell(fact, viewer, atlas)
        return Event("change", json.dumps(told, ensure_ascii=False)) if told else None

    return render


def tell(fact: SealedFact, viewer: Viewer, atlas: events.Atlas) -> dict[str, Any] | None:
    """The message for a page, or None: facts of other things, and of places the viewer does not see, say nothing.

    A new ticket comes whole, as `events.event` shows it; a later fact says how it stands now. No query is made.
    """
    if fact.subject_kind != "ticket" or not viewer.sees(fact.path):
        return None
    if fact.kind == "ticket.opened":
        return events.event(_opened(fact), atlas, at=fact.at, since=days_begin(fact.at))
    return events.changed(fact.subject_id, fact.data)


def _opened(fact: SealedFact) -> Happening:
    """A ticket as the fact of its opening tells of it."""
    data = fact.data
    return Happening(
        id=fact.subject_id,
        finding_id=None,
        scenario=str(data["scenario"]),
        field=str(data["field"]),
        path=fact.path,
        state=str(data["state"]),
        urgency=str(data["urgency"]),
        opened_at=fact.at,
        dispatched_at=fact.at if data["state"] == "waiting" else None,
        accepted_at=None,
        due_at=datetime.fromisoformat(str(data["due"])),
        closed_at=None,
        data_as_of=None,
        handled=False,
        answered=False,
    )
