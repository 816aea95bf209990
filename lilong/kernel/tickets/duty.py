"""Who is on duty: a committee within its shift, the operations centre between shifts."""

from __future__ import annotations

from datetime import datetime

from lilong.kernel.tickets.models import Desk, Shift
from lilong.kit.clock import SHANGHAI


def desk_for(*, to: str, path: str, at: datetime) -> str:
    """The desk that takes a ticket for `to` at the place `path`: `to` itself within its shift, else operations.

    A committee without any shift on record counts as always on duty. A shift that ends at 00:00 ends at midnight.
    """
    if to != Desk.COMMITTEE:
        return Desk.OPERATIONS
    shifts = [s for s in Shift.objects.all() if path.startswith(s.path)]
    local = at.astimezone(SHANGHAI)
    on = any(
        s.weekday == local.weekday() and s.begins <= local.time() and (local.time() < s.ends or s.ends.hour == 0)
        for s in shifts
    )
    return Desk.COMMITTEE if on or not shifts else Desk.OPERATIONS
