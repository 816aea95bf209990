"""Who is in an audience, and when the passing of days may change that."""

from __future__ import annotations

from datetime import datetime

from lilong.kernel import filters
from lilong.kernel.audiences.models import Audience, Member
from lilong.kernel.filters.turning import next_turn


def by_name(name: str) -> int | None:
    """The id of the audience of that name."""
    return Audience.objects.filter(name=name).values_list("id", flat=True).first()


def members(audience_id: int) -> set[int]:
    """Ids of the subjects of whom the filter was known to be true when they were last derived."""
    return set(Member.objects.filter(audience_id=audience_id).values_list("subject_id", flat=True))


def passing(audience_id: int, at: datetime) -> datetime | None:
    """The next moment after `at` when the passing of time alone may move somebody in or out; None: never.

    For whatever goes by days this is midnight in Shanghai, so a refresh then misses nobody.
    """
    audience = Audience.objects.get(id=audience_id)
    expr = filters.parse(audience.text, subject=audience.subject)
    return next_turn(expr, at, subject=audience.subject)


def due(at: datetime) -> list[int]:
    """Audiences to be derived anew: never since they were defined, or not since time passed over them."""
    refreshed = Audience.objects.order_by("id").values_list("id", "refreshed_at")
    return [one for one, when in refreshed if when is None or ((turn := passing(one, when)) and turn <= at)]
