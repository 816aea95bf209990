"""What may be done to the engine: set a committee's number, settle a new installation."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.engine import loop, scenarios, watch
from lilong.kernel.engine.declaration import lookup, size
from lilong.kernel.engine.models import Number
from lilong.kernel.journal import actions as journal
from lilong.kernel.places import queries as places
from lilong.kernel.sensing import actions as sensing


class OutOfBounds(ValueError):
    """A committee's number lies outside the bounds its scenario allows; names value and bounds."""


def set_number(slug: str, key: str, value: str, *, place_id: int, why: str, viewer: Viewer, at: datetime) -> None:
    """Set a committee's own number (an empty `value`: back to the scenario's), from now on and for its homes alone.

    Raises OutOfBounds or ValueError naming the number, PermissionDenied outside the viewer's scope. Setting the
    number that already holds does nothing.
    """
    declared = scenarios.get(slug)
    bound = declared.declaration.settings.get(key)
    if bound is None:
        allowed = ", ".join(declared.declaration.settings) or "none"
        raise ValueError(f"{slug}: {key!r} is not a number a committee may set (it may set: {allowed})")
    path = places.path_of(place_id)
    if not path or not viewer.may("settings.change") or not viewer.sees(path):
        raise PermissionDenied("numbers: they are set by those responsible for the place")
    value = " ".join(value.split())
    if value:
        check(slug, key, value)
    if not why.strip():
        raise ValueError("numbers: say why, for those who come after")
    with transaction.atomic():
        last = Number.objects.filter(scenario=slug, key=key, path=path).order_by("-id").first()
        if (last.value if last else "") == value:
            return
        number = Number.objects.create(
            scenario=slug, key=key, place_id=place_id, path=path, value=value, by=viewer.by, at=at, why=why.strip()
        )
        journal.write(
            "number.changed", subject=("number", number.pk), by=viewer.by, at=at, path=path,
            data={"scenario": slug, "key": key, "value": value, "place": place_id},
        )  # fmt: skip


def check(slug: str, key: str, value: str) -> None:
    """Raise OutOfBounds when the scenario's bounds do not allow the value, ValueError when it is no span or volume."""
    declared = scenarios.get(slug).declaration
    bound = declared.settings[key]
    if not isinstance(lookup(declared.watch_table(), key), str):
        raise ValueError(f"{slug}: {key} is not a number")
    if not size(bound.min) <= size(value) <= size(bound.max):
        raise OutOfBounds(f"{key}: {value} lies outside what the scenario allows, {bound.min} to {bound.max}")


def settle(*, at: datetime) -> dict[str, int]:
    """First day: derive every running scenario's audience and bind its streams; facts sealed before count as handled.

    Returns how many people each scenario watches over.
    """
    sensing.sync_streams(by="system:engine", at=at)
    bound = {declared.slug: watch.settle(declared, at=at) for declared in watch.running()}
    loop.skip_to_head()
    return bound
