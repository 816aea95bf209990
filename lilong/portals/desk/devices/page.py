"""设备与数据: the meters of the viewer's scope, silent ones first, how old their data are, and readings kept aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places import queries as places
from lilong.kernel.registry import queries as registry
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.sensing.queries import StreamRow
from lilong.kit import clock
from lilong.portals.desk import words
from lilong.portals.parts.nav import Entry

PAGE = 50
# No data for so long counts as silent here: a day, as the scenarios say it, and one night's batch more for those that
# hand over once a night.
SILENT = {"live": timedelta(hours=24), "nightly": timedelta(hours=48)}
SILENT_FOR_EVER = timedelta(days=36500)
ASIDE_OVER = timedelta(days=7)
SHOWS = ("silent", "live", "nightly")


@dataclass(frozen=True)
class Meter:
    """One stream as it is listed."""

    row: StreamRow
    place: str
    age: timedelta | None
    silent: bool


@needs("devices.read")
def devices(request: Request) -> HttpResponse:
    """The list with its counts; `show` and `q` narrow it."""
    at, viewer = clock.now(), request.viewer
    every = _meters(sensing.stream_status(viewer), at)
    show, search = request.GET.get("show", ""), request.GET.get("q", "").strip()[:60]
    found = [m for m in every if _shown(m, show) and search.lower() in f"{m.row.device_code} {m.place}".lower()]
    counts = {name: sum(_shown(m, name) for m in every) for name in SHOWS}
    told = {
        "page_of": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "every": len(every),
        "counts": counts,
        "show": show if show in SHOWS else "",
        "search": search,
        "aside": _aside(viewer, {m.row.device_code for m in every}, since=at - ASIDE_OVER),
    }
    return render(request, "desk/devices/page.html", told)


def _meters(rows: Sequence[StreamRow], at: datetime) -> list[Meter]:
    """Silent ones first, the longest silent on top; then by code."""
    labels = places.labels({row.home_id for row in rows if row.home_id}, upto="building")
    meters = [_meter(row, labels.get(row.home_id or 0, ""), at) for row in rows]
    return sorted(meters, key=_order)


def _order(meter: Meter) -> tuple[bool, timedelta, str]:
    longest_first = timedelta() - (meter.age or SILENT_FOR_EVER) if meter.silent else timedelta()
    return (not meter.silent, longest_first, meter.row.device_code)


def _meter(row: StreamRow, place: str, at: datetime) -> Meter:
    age = at - row.newest_time if row.newest_time else None
    return Meter(row, place, age, silent=age is None or age > SILENT.get(row.delivery, SILENT["live"]))


def _shown(meter: Meter, show: str) -> bool:
    if show == "silent":
        return meter.silent
    return show not in SHOWS or meter.row.delivery == show


def _aside(viewer: Viewer, codes: set[str], *, since: datetime) -> list[tuple[str, words.Word, int]]:
    """Readings kept aside: of one's own devices; of those nobody knows, too, for whoever looks after devices."""
    counted = sensing.aside_counts(since)
    strange: set[str] = set()
    if viewer.may("devices.manage"):
        others = {code for code, _reason, _n in counted} - codes
        strange = others - registry.devices_by_code(others).keys()
    return [
        (code, words.say(words.ASIDE, reason), n) for code, reason, n in counted if code in codes or code in strange
    ]


urlpatterns = [path("desk/devices", devices, name="desk-devices")]
NAV = (Entry("/desk/devices", _("设备与数据"), "droplet", "devices.read", order=40),)
