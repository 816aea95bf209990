"""The door of a task link: it opens one case for whoever holds the link, and leads straight to it."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lilong.kernel.access import actions, sessions
from lilong.kernel.access.request import Request
from lilong.kit import clock


@never_cache
@require_http_methods(["GET", "POST"])
def task_link(request: Request, token: str) -> HttpResponse:
    """Opens the case. Somebody signed in is asked first, since the link's session takes the place of their own."""
    if request.account is not None and request.method != "POST":
        return render(request, "entrance/task_link/page.html", {"own": request.account})
    viewer = actions.open_task_link(token, at=clock.now())
    if viewer is None:
        return render(request, "entrance/task_link/gone.html", status=404)
    sessions.begin_link(request, viewer)
    return HttpResponseRedirect(f"/desk/tickets/{viewer.case}")
