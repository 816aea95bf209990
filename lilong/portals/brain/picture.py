"""The brain's payload, and the one place where it is decided what a wall may say: counts, events, ages of data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.engine import scenarios
from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries as places
from lilong.kernel.places.queries import Area
from lilong.kernel.registry import queries as registry
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.sensing.queries import StreamRow
from lilong.kernel.tickets import queries as tickets
from lilong.kit.clock import SHANGHAI
from lilong.portals.brain import events, ground, words
from lilong.portals.brain.measures import cell, published

DAYS = 7
# A sensor counts as online while its newest reading is no older than this: two misses of an hourly live meter and
# some delay; one missed night of a nightly batch (the batch of the next morning may come until noon).
ONLINE = {"live": timedelta(hours=3), "nightly": timedelta(hours=36)}
RANK = {"urgent": 0, "watch": 1, "normal": 2}
DESK_LISTS = {"open": "/desk", "urgent": "/desk?show=urgent", "late": "/desk?show=late"}


def buildings(viewer: Viewer) -> dict[str, Any]:
    """GeoJSON of the viewer's ground (see `ground.city`), homes a building only where the count may be shown."""
    standing = places.footprints(viewer)
    homes = {building.id: 0 for building in standing} | places.homes_by_building(viewer)
    return ground.city(standing, places.areas(viewer), published(homes))


def atlas(viewer: Viewer) -> events.Atlas:
    """The places at which this viewer may be shown an event."""
    return events.Atlas(places.areas(viewer), places.footprints(viewer))


def state(viewer: Viewer, *, at: datetime, rate: float) -> dict[str, Any]:
    """Everything the page shows at `at`: each number is the length of a list of events that comes with it."""
    seq = journal.head()  # read first: what is sealed meanwhile is told again by the stream, and does no harm
    areas, since = places.areas(viewer), days_begin(at)
    standing = places.footprints(viewer)
    happenings = tickets.happenings(viewer, since=since)
    known = events.Atlas(areas, standing)
    seen = [events.event(one, known, at=at, since=since) for one in happenings]
    _link_to_desk(seen, viewer, {events.ref(one.id): one.id for one in happenings})
    count = Counter(key for one in seen for key in one["in"])
    streams = sensing.stream_status(viewer)
    return {
        "at": at.isoformat(timespec="milliseconds"),
        "rate": rate,
        "seq": seq,
        "place": " · ".join(area.name for area in _tops(areas)[:2]),
        "open": count["open"],
        "late": count["late"],
        "totals": _totals(viewer, areas, len(standing), len(streams), at),
        "now": _now(count, links=_desk_counts_the_same(seen)),
        "chain": [_number(f"chain:{stage}", str(name), count) for stage, name in words.STAGES.items()],
        "days": _days(count, since),
        "fields": _fields(count),
        "committees": _committees(viewer, areas, count, at),
        "sensors": _sensors(streams, at),
        "events": sorted(seen, key=_order),
        "calm_since": None if count["open"] else _last_closed(seen),
    }


def _number(key: str, label: str, count: Counter[str], **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label, "count": count[key], **more}


def _now(count: Counter[str], *, links: bool) -> list[dict[str, Any]]:
    named = {"open": _("未办结"), "urgent": _("紧急"), "late": _("超时"), "closed_today": _("今日办结")}
    return [_number(key, label, count, href=DESK_LISTS.get(key) if links else None) for key, label in named.items()]


def _days(count: Counter[str], since: datetime) -> list[dict[str, Any]]:
    days = [events.day(since + timedelta(days=n)) for n in range(DAYS)]
    return [{"key": f"day:{d}", "day": d, "found": count[f"found:{d}"], "closed": count[f"closed:{d}"]} for d in days]


def _fields(count: Counter[str]) -> list[dict[str, Any]]:
    """The fields that have a running scenario or anything open, in the catalogue's order."""
    live = {one.declaration.scenario.field for one in scenarios.every().values() if one.running}
    wanted = [field for field in words.FIELDS if field in live or count[f"field:{field}"]]
    return [
        _number(f"field:{field}", words.say(words.FIELDS, field), count, late=count[f"late-field:{field}"])
        for field in wanted
    ]


def _committees(viewer: Viewer, areas: Sequence[Area], count: Counter[str], at: datetime) -> list[dict[str, Any]]:
    committees = [area for area in areas if area.kind == "committee"]
    living = registry.residents_by(viewer, [area.id for area in committees], at)
    people = published({area.id: living.get(area.id, 0) for area in committees})
    return [
        {
            "label": area.name,
            "residents": people[area.id].text,
            "open": _number(f"open:{area.id}", _("%(place)s 未办结") % {"place": area.name}, count),
            "late": _number(f"late:{area.id}", _("%(place)s 超时") % {"place": area.name}, count),
        }
        for area in committees
    ]


def _totals(viewer: Viewer, areas: Sequence[Area], standing: int, streams: int, at: datetime) -> list[dict[str, str]]:
    """Residents only where a whole committee or more is in scope: below that a total is no registered measure."""
    kinds = Counter(area.kind for area in areas)
    tops = _tops(areas)
    rows = []
    if tops and not any(area.kind == "micro_grid" for area in tops):
        residents = registry.residents_by(viewer, [area.id for area in tops], at)
        rows.append(("residents", _("实有人口"), cell(sum(residents.values())).text))
    homes = sum(places.homes_by_building(viewer).values())
    rows += [
        ("homes", _("户"), cell(homes).text),
        ("buildings", _("栋楼"), f"{standing:,}"),
        ("grids", _("微网格"), f"{kinds['micro_grid']:,}"),
        ("sensors", _("感知设备"), f"{streams:,}"),
    ]
    return [{"key": key, "label": label, "text": text} for key, label, text in rows]


def _tops(areas: Sequence[Area]) -> list[Area]:
    """The areas that lie in no other area of the viewer's."""
    return [one for one in areas if not any(one.path.startswith(o.path) for o in areas if o.id != one.id)]


def _sensors(streams: Sequence[StreamRow], at: datetime) -> dict[str, Any]:
    online = sum(1 for s in streams if s.newest_time and at - s.newest_time <= ONLINE.get(s.delivery, ONLINE["live"]))
    newest: dict[str, datetime] = {}
    for s in streams:
        if s.newest_time:
            newest[s.delivery] = max(s.newest_time, newest.get(s.delivery, s.newest_time))
    used = {s.delivery for s in streams}
    return {
        "total": len(streams),
        "online": online,
        "silent": len(streams) - online,
        "as_of": [
            {"label": str(label), "at": newest[code].isoformat(timespec="seconds") if code in newest else None}
            for code, label in words.DELIVERIES.items()
            if code in used
        ],
    }


def _link_to_desk(seen: list[dict[str, Any]], viewer: Viewer, ids: Mapping[str, int]) -> None:
    """Where the viewer's own desk holds the ticket, its event leads there; nobody else learns a ticket's number."""
    if not viewer.may("tickets.read"):
        return
    mine = set(tickets.visible(viewer).filter(pk__in=list(ids.values())).values_list("pk", flat=True))
    for one in seen:
        if ids[one["ref"]] in mine:
            one["href"] = f"/desk/tickets/{ids[one['ref']]}"


def _last_closed(seen: Sequence[Mapping[str, Any]]) -> str | None:
    return max((one["closed_at"] for one in seen if one["closed_at"]), default=None)


def _desk_counts_the_same(seen: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every open event is on the viewer's desk, so that the desk's list has the length shown here."""
    return any("href" in one for one in seen) and all("href" in one for one in seen if one["open"])


def _order(one: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is open first; of that the urgent, then the soonest due. Of what is closed the newest."""
    if one["open"]:
        return (0, RANK.get(one["urgency"], 9), one["due_at"], one["ref"])
    return (1, 0, -datetime.fromisoformat(one["closed_at"] or one["found_at"]).timestamp(), one["ref"])


def days_begin(at: datetime) -> datetime:
    """The first midnight in Shanghai of the seven days that end with today."""
    today = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=DAYS - 1)
