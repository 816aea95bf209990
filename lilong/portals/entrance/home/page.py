"""The front door: everybody goes from here to the page where their work is."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from lilong.kernel.access.guards import needs_account
from lilong.kernel.access.request import Request
from lilong.portals.parts.nav import entries


@require_safe
def home(request: Request) -> HttpResponse:
    """To the case of a task link, to the first page of one's navigation, or else to the account's own page."""
    if request.viewer.case is not None:
        return HttpResponseRedirect(f"/desk/tickets/{request.viewer.case}")
    return _inside(request)


@needs_account()
def _inside(request: Request) -> HttpResponse:
    first = next(iter(entries(request.viewer)), None)
    return HttpResponseRedirect(first.href if first else "/account")
