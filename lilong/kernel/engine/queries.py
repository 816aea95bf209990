"""What a viewer may read of scenarios: their words, and the numbers that hold in each committee in scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.engine import numbers as numbers_of
from lilong.kernel.engine import scenarios
from lilong.kernel.engine.declaration import lookup
from lilong.kernel.engine.loop import NAME
from lilong.kernel.engine.models import Cursor, Failure, Number
from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries as places


@dataclass(frozen=True)
class NumberRow:
    """One number of one committee: what holds there, the scenario's own, the bounds, and its history, newest first."""

    scenario: str
    scenario_title: str
    key: str
    title: str
    place_id: int
    place: str
    value: str
    own: bool  # set by the committee itself
    default: str
    min: str
    max: str
    by: str
    at: datetime | None
    why: str
    history: tuple[Number, ...]


def numbers(viewer: Viewer, slug: str = "") -> list[NumberRow]:
    """Every number of the running scenarios (or of one) for each committee in scope."""
    committees = places.of_kind(viewer, "committee")
    rows: list[NumberRow] = []
    for declared in scenarios.every().values():
        if not declared.running or (slug and declared.slug != slug):
            continue
        history = numbers_of.set_at(declared.slug)
        table = declared.declaration.watch_table()
        for place in committees:
            chosen = numbers_of.chosen(place.path, history)
            for key, bound in declared.declaration.settings.items():
                now, default = chosen.get(key), str(lookup(table, key))
                rows.append(
                    NumberRow(
                        scenario=declared.slug,
                        scenario_title=declared.declaration.scenario.title,
                        key=key,
                        title=bound.title,
                        place_id=place.id,
                        place=place.name,
                        value=now.value if now else default,
                        own=now is not None,
                        default=default,
                        min=bound.min,
                        max=bound.max,
                        by=now.by if now else "",
                        at=now.at if now else None,
                        why=now.why if now else "",
                        history=tuple(n for n in reversed(history) if n.key == key and n.path == place.path),
                    )
                )
    return rows


def failures() -> list[Failure]:
    """Facts a scenario could not handle and nobody has settled, oldest first."""
    return list(Failure.objects.filter(settled_at=None).order_by("seq"))


def behind() -> int:
    """How many sealed facts the engine has yet to read."""
    read = Cursor.objects.filter(name=NAME).values_list("seq", flat=True).first() or 0
    return journal.head() - read


def title(slug: str) -> str:
    """A scenario's Chinese title; the slug when it is gone."""
    declared = scenarios.every().get(slug)
    return declared.declaration.scenario.title if declared else slug


SENSITIVE_STREAMS = frozenset({"water_volume"})
"""Streams near to whereabouts (PIPL, art. 28): on the wall no finer than the micro-grid."""


def field_of(slug: str) -> str:
    """The field of application a scenario belongs to; empty when the scenario is gone."""
    declared = scenarios.every().get(slug)
    return declared.declaration.scenario.field if declared else ""


def is_sensitive(slug: str) -> bool:
    """Whether a scenario listens to a sensitive stream; one that is gone counts as sensitive."""
    declared = scenarios.every().get(slug)
    return declared is None or declared.declaration.watch.stream in SENSITIVE_STREAMS
