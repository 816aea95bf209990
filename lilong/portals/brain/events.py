"""An event on the wall: a ticket stripped of all but where (coarsely), which field, how it stands and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from lilong.kernel.engine import queries as engine
from lilong.kernel.places.queries import Area, Footprint
from lilong.kernel.tickets.queries import Happening
from lilong.kit.clock import SHANGHAI
from lilong.portals.brain import words

OPEN = ("contacting", "waiting", "accepted")


@dataclass(frozen=True)
class Spot:
    """Where an event is shown: a place of the map, its label, and the committee where the label does not name it."""

    place: int | None
    label: str
    committee: int | None
    committee_label: str


class Atlas:
    """The places an event may be shown at, by id: what a viewer's map holds, and nothing below the building."""

    def __init__(self, areas: Iterable[Area], buildings: Iterable[Footprint]) -> None:
        self.known = {area.id: (area.kind, area.name) for area in areas}
        self.known |= {building.id: ("building", building.label) for building in buildings}

    def spot(self, path: str, *, sensitive: bool) -> Spot:
        """The finest place that may be named: the building, or the micro-grid where the stream is sensitive."""
        ids = [int(part) for part in path.strip("/").split("/") if part]
        line = [(i, *self.known[i]) for i in ids if i in self.known]
        fit = [(i, name) for i, kind, name in line if not (sensitive and kind == "building")]
        place, label = fit[-1] if fit else (None, "")
        committee, committee_label = next(((i, name) for i, kind, name in line if kind == "committee"), (None, ""))
        said = bool(committee_label) and label.startswith(committee_label)  # 澄湾一居第1微网格 names it already
        return Spot(place, label, committee, "" if said else committee_label)


def ref(ticket_id: int) -> str:
    """A name for an event that tells nothing: the same for all its messages, and no number of any table."""
    return salted_hmac("lilong.brain", str(ticket_id), algorithm="sha256").hexdigest()[:12]


def event(one: Happening, atlas: Atlas, *, at: datetime, since: datetime) -> dict[str, Any]:
    """One event as the page gets it. `in` names every number of the page that counts it (see `picture`)."""
    spot = atlas.spot(one.path, sensitive=engine.is_sensitive(one.scenario))
    is_open = one.state in OPEN
    late = is_open and one.due_at < at
    return {
        "ref": ref(one.id),
        "place": spot.place,
        "place_label": spot.label,
        "committee": spot.committee,
        "committee_label": spot.committee_label,
        "field": one.field,
        "field_label": words.say(words.FIELDS, one.field),
        "state": one.state,
        "state_label": words.say(words.STATES, one.state),
        "urgency": one.urgency,
        "urgency_label": words.say(words.URGENCIES, one.urgency),
        "open": is_open,
        "found_at": _iso(one.opened_at),
        "due_at": _iso(one.due_at),
        "closed_at": _iso(one.closed_at),
        "as_of": _iso(one.data_as_of),
        "in": sorted(_counted_in(one, spot, is_open=is_open, late=late, at=at, since=since)),
    }


def changed(ticket_id: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a later fact of a ticket says of its event: how it stands, nothing else."""
    state, urgency = str(data.get("state", "")), str(data.get("urgency", ""))
    return {
        "ref": ref(ticket_id),
        "gone": state not in OPEN,
        "state": state,
        "state_label": words.say(words.STATES, state),
        "urgency": urgency,
        "urgency_label": words.say(words.URGENCIES, urgency),
    }


def day(at: datetime) -> str:
    """A day in Shanghai as the page shows it: 11-22."""
    return at.astimezone(SHANGHAI).strftime("%m-%d")


def _counted_in(
    one: Happening, spot: Spot, *, is_open: bool, late: bool, at: datetime, since: datetime
) -> Iterable[str]:
    if is_open:
        yield from ("open", f"field:{one.field}", f"open:{spot.committee}")
        if one.urgency == "urgent":
            yield "urgent"
    if late:
        yield from ("late", f"late:{spot.committee}", f"late-field:{one.field}")
    if one.opened_at >= since:
        yield from (f"found:{day(one.opened_at)}", f"day:{day(one.opened_at)}")
        closed = one.state == "closed"
        handled = one.handled or one.answered or one.accepted_at is not None or closed
        reached = {
            "found": True,
            "pushed": handled or one.dispatched_at is not None,
            "handled": handled,
            "answered": one.answered or closed,
            "closed": closed,
        }
        yield from (f"chain:{stage}" for stage, came in reached.items() if came)
    if one.closed_at is not None and one.closed_at >= since:
        yield from (f"closed:{day(one.closed_at)}", f"day:{day(one.closed_at)}")
        if day(one.closed_at) == day(at):
            yield "closed_today"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
