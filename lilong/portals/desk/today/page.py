"""今天要办的事: what is urgent, what is late, what is mine; each number opens the list it counts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kernel.journal import queries as journal
from lilong.kernel.tickets import queries as tickets
from lilong.kit import clock
from lilong.portals.desk import words
from lilong.portals.desk.today.choice import Choice
from lilong.portals.desk.today.lines import lines
from lilong.portals.parts.nav import Entry

# (what is counted, its words, the count's name in tickets.counts, the tone when there is any)
STATS = (
    ("urgent", _("紧急"), "urgent", "danger"),
    ("late", _("已超时"), "late", "danger"),
    ("mine", _("我的"), "mine", ""),
    ("open", _("在办"), "open", ""),
    ("closed", _("近 7 日办结"), "closed_7d", ""),
)


@needs("tickets.read")
def today(request: Request) -> HttpResponse:
    """The desk; asked by a script, the part of it that changes."""
    after = journal.head()  # asked first: what happens while the list is drawn is told by the stream
    at, viewer = clock.now(), request.viewer
    choice = Choice.of(request.GET)
    found = tickets.desk(viewer, at=at, **choice.filters())
    counts = tickets.counts(viewer, at=at)
    told: dict[str, Any] = {
        "choice": choice,
        "found": found,
        "lines": lines(found.rows, viewer, at=at),
        "counts": counts,
        "stats": [(key, text, counts[name], tone, choice.address(show=key)) for key, text, name, tone in STATS],
        "words": words,
        "previous": choice.address(page=found.page - 1) if found.page > 1 else "",
        "next": choice.address(page=found.next_page) if found.next_page else "",
        "many_desks": viewer.may("tickets.dispatch"),
        "after": after,
    }
    part = request.headers.get("HX-Request-Type") == "partial"
    return render(request, "desk/today/list.html" if part else "desk/today/page.html", told)


urlpatterns = [path("desk", today, name="desk")]
NAV = (Entry("/desk", _("今日工单"), "checklist", "tickets.read", order=10),)
