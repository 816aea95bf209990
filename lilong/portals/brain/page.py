"""The community brain: a map of the buildings with what is open on it, for walls and for whoever may look."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_GET

from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kit import clock
from lilong.portals.brain import picture, telling
from lilong.portals.parts import live
from lilong.portals.parts.nav import Entry


@require_GET
@needs("brain.view")
def brain(request: Request) -> HttpResponse:
    """The page; what it shows comes from the three addresses below."""
    return render(request, "brain/page.html", {"desk": "/desk" if request.viewer.may("tickets.read") else ""})


@require_GET
@gzip_page  # no secret in it that a reader could guess at by sizes: the page's own data, nothing echoed
@cache_control(private=True, no_store=True)
@needs("brain.view")
def state(request: Request) -> HttpResponse:
    """The numbers and events of now."""
    return _json(picture.state(request.viewer, at=clock.now(), rate=clock.clock().rate))


@require_GET
@gzip_page
@cache_control(private=True, no_cache=True)
@conditional_page
@needs("brain.view")
def buildings(request: Request) -> HttpResponse:
    """The ground as GeoJSON; asked again, it is sent again only when it changed."""
    return _json(picture.buildings(request.viewer))


@require_GET
@needs("brain.view")
async def changes(request: Request) -> HttpResponseBase:
    """Server-sent events `change`: an event as it came, or how a known one stands now."""
    atlas = await sync_to_async(picture.atlas)(request.viewer)
    render = telling.renderer(atlas, get_language() or settings.LANGUAGE_CODE)
    return await live.stream(request, render, verb="brain.view", kinds=telling.KINDS)


def _json(payload: dict[str, object]) -> JsonResponse:
    return JsonResponse(payload, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


urlpatterns = [
    path("brain", brain, name="brain"),
    path("brain/state.json", state, name="brain-state"),
    path("brain/buildings.json", buildings, name="brain-buildings"),
    path("brain/live", changes, name="brain-live"),
]
NAV = [Entry("/brain", _("社区大脑"), "map-2", "brain.view", order=90)]
