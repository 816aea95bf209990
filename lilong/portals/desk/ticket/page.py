"""One ticket: in the drawer, on a page of its own without a script or on a phone, and the verbs of its next step."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kernel.tickets import queries as tickets
from lilong.kit import clock
from lilong.portals.desk.ticket import card as cards
from lilong.portals.desk.ticket import subject
from lilong.portals.desk.ticket.steps import STEPS, Refused


@needs("tickets.read", case_link=True)
def ticket(request: Request, ticket_id: int) -> HttpResponse:
    """The ticket as a page, or as the drawer's content when a script asks."""
    return _drawn(request, ticket_id)


@require_POST
@needs("tickets.step", case_link=True)
def step(request: Request, ticket_id: int, verb: str) -> HttpResponse:
    """One verb of the next step; what cannot be done is said, and what was typed is kept."""
    take = STEPS.get(verb)
    if take is None:
        raise Http404
    if tickets.ticket(request.viewer, ticket_id, at=clock.now()) is None:
        raise Http404
    try:
        take(ticket_id, request.POST, request.viewer, clock.now())
    except Refused as refused:
        return _drawn(request, ticket_id, problem=str(refused), typed={"verb": verb, **request.POST.dict()}, status=422)
    if "HX-Request" in request.headers:
        response = _drawn(request, ticket_id)
        response["HX-Trigger"] = "desk-changed"
        return response
    if verb != "close":
        messages.success(request, _("已记下"))
    return HttpResponseRedirect(f"/desk/tickets/{ticket_id}")


@require_POST
@needs("people.reveal")
def reveal(request: Request, ticket_id: int) -> HttpResponse:
    """Show the subject's clear phone or address, for a purpose, once; who looked at what goes into the read log."""
    at, viewer = clock.now(), request.viewer
    found = tickets.ticket(viewer, ticket_id, at=at)
    if found is None or found.row.person_id is None:
        raise Http404
    fields, purpose = request.POST.getlist("fields"), request.POST.get("purpose", "")
    problem = _("请勾选要看什么") if not fields else "" if purpose in viewer.purposes else _("请选一个用途")
    if problem:
        typed = {"verb": "reveal", "fields": fields, "purpose": purpose}
        return _drawn(request, ticket_id, problem=problem, typed=typed, status=422)
    clear = subject.clear_values(viewer, found.row.person_id, fields=fields, purpose=purpose, at=at, route=request.path)
    return _drawn(request, ticket_id, clear=clear)


def _drawn(request: Request, ticket_id: int, *, status: int = 200, **more: Any) -> HttpResponse:
    at = clock.now()
    told = cards.told(request.viewer, ticket_id, at=at)
    if told is None:
        raise Http404
    part = request.headers.get("HX-Request-Type") == "partial"
    page = "desk/ticket/ticket.html" if part else "desk/ticket/page.html"
    more = {"typed": {}, "problem": "", "key": uuid4().hex, **more}
    return render(request, page, {**told, **more}, status=status)


urlpatterns = [
    path("desk/tickets/<int:ticket_id>", ticket, name="desk-ticket"),
    path("desk/tickets/<int:ticket_id>/reveal", reveal, name="desk-reveal"),
    path("desk/tickets/<int:ticket_id>/<slug:verb>", step, name="desk-step"),
]
