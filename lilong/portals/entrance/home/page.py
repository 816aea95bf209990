"""The front door: everybody goes from here to the page where their work is."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from lilong.kernel.access.guards import needs_account
from lilong.kernel.access.request import Request
from lilong.kernel.access.viewer import Viewer

FIRST_PAGES = (("tickets.read", "/desk"), ("brain.view", "/brain"))


@require_safe
def home(request: Request) -> HttpResponse:
    """To the case of a task link, to the desk, to the brain, or else to the account's own page."""
    if request.viewer.case is not None:
        return HttpResponseRedirect(f"/desk/tickets/{request.viewer.case}")
    return _inside(request)


@needs_account()
def _inside(request: Request) -> HttpResponse:
    return HttpResponseRedirect(first_page(request.viewer))


def first_page(viewer: Viewer) -> str:
    """The page on which this viewer's day begins."""
    return next((page for verb, page in FIRST_PAGES if viewer.may(verb)), "/account")
