"""Every component on one page, in every state: what designers look at and the accessibility test walks through."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kit import clock

TOKENS = ("brand", "danger", "warn", "info", "ok", "ink", "ink-2", "ink-3", "data", "data-2")
ICONS = (
    "checklist",
    "droplet",
    "droplet-off",
    "eye",
    "map-2",
    "search",
    "x",
    "clock",
    "alert-octagon",
    "alert-triangle",
    "info-circle",
    "user",
    "users",
    "phone",
    "phone-call",
    "phone-off",
    "key",
    "home",
    "check",
    "circle-check",
    "note",
    "sun",
    "moon",
    "text-size",
    "logout",
    "keyboard",
    "building-community",
    "shield-check",
    "door",
    "external-link",
    "adjustments-horizontal",
)


@needs("tickets.read")
def gallery(request: Request) -> HttpResponse:
    """The components with invented content; no data of the installation."""
    now = clock.now()
    told = {"tokens": TOKENS, "icons": ICONS, "hour_ago": now - timedelta(hours=1), "six": timedelta(hours=6)}
    return render(request, "parts/gallery/page.html", told)


urlpatterns = [path("gallery", gallery, name="gallery")]
