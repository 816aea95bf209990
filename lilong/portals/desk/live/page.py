"""The desk's stream: tells an open page that a ticket of its scope moved; the page then asks for the list itself."""

from __future__ import annotations

import json

from django.http.response import HttpResponseBase
from django.urls import path

from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal.queries import SealedFact
from lilong.portals.parts import live

KINDS = frozenset(
    f"ticket.{what}"
    for what in ("opened", "dispatched", "accepted", "handed_back", "step", "noted", "closed", "voided")
)


@needs("tickets.read")
async def stream(request: Request) -> HttpResponseBase:
    """Server-sent events named `ticket`; each holds the ticket's id and nothing about anybody."""
    return await live.stream(request, render, verb="tickets.read", kinds=KINDS)


def render(fact: SealedFact, viewer: Viewer) -> live.Event | None:
    """One fact as an event for this viewer; None where it is no concern of theirs.

    `new`: it has just come onto this viewer's desk: opened for the operations centre, dispatched for a committee.
    """
    if not viewer.sees(fact.path):
        return None
    everywhere = viewer.may("tickets.dispatch")
    if fact.data.get("desk") == "operations" and not everywhere:
        return None
    new = fact.kind == "ticket.opened" or (fact.kind == "ticket.dispatched" and not everywhere)
    told = {"ticket": fact.subject_id, "new": new, "urgent": fact.data.get("urgency") == "urgent"}
    return live.Event("ticket", json.dumps(told))


urlpatterns = [path("desk/live", stream, name="desk-live")]
