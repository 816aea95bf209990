"""查看记录: who asked to see whose clear data, which fields, what for; one's own, or everybody's for the auditor."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from lilong.kernel.access import scope
from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kernel.access.roles import PURPOSES
from lilong.kernel.journal import queries as journal
from lilong.portals.desk import people, words
from lilong.portals.parts.nav import Entry

PAGE = 50


def _page(request: Request, *, every: bool) -> HttpResponse:
    before = request.GET.get("before", "")
    viewer = request.viewer
    found = journal.reads(
        by="" if every else viewer.by,
        paths=scope.widest(viewer.scope) if every else None,
        before=int(before) if before.isdecimal() and len(before) < 18 else None,
        limit=PAGE + 1,
    )
    names = people.names(read.by for read in found)
    lines = [
        (
            read,
            names[read.by],
            [words.say(words.FIELDS, f) for f in read.fields],
            PURPOSES.get(read.purpose, read.purpose),
        )
        for read in found[:PAGE]
    ]
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return render(request, "desk/reads/page.html", {"lines": lines, "every": every, "older": older})


@needs("people.reveal")
def mine(request: Request) -> HttpResponse:
    """What I asked to see."""
    return _page(request, every=False)


@needs("reads.audit")
def audit(request: Request) -> HttpResponse:
    """What anybody asked to see of people within the auditor's scope."""
    return _page(request, every=True)


urlpatterns = [path("desk/reads", mine, name="desk-reads"), path("desk/reads/all", audit, name="desk-reads-all")]
NAV = (
    Entry("/desk/reads", _("我的查看记录"), "eye", "people.reveal", order=60),
    Entry("/desk/reads/all", _("查看记录"), "eye", "reads.audit", order=61),
)
