"""Naming a filter and keeping it answered: whoever enters or leaves is told in a fact of the same transaction."""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from lilong.kernel import filters
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.audiences import queries
from lilong.kernel.audiences.models import Audience, Member
from lilong.kernel.filters.queries import matching
from lilong.kernel.journal import actions as journal
from lilong.kit.portions import portions

CHUNK = 500
PAUSE_S = 0.002  # between transactions, so that others get to write
_NAME = re.compile(r"[a-z0-9_.:\-]{1,120}")
SECONDS = 60.0  # a whole population may be asked for once a day


@dataclass(frozen=True)
class Change:
    """Who came in and who went out."""

    entered: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()


class _Redefined(Exception):
    """The audience got another filter while it was being derived."""


def ensure(name: str, text: str, *, subject: str = "person", by: str, at: datetime) -> int:
    """The audience `name` with the filter `text` about `subject`; its id. Made or redefined where it is not so already.

    A new or redefined audience says in `queries.due` that it wants a whole `refresh`. Fact `audience.defined`. Raises
    FilterError for text that is no filter, ValueError for a name that is no code or an audience of other subjects.
    """
    found = Audience.objects.filter(name=name, text=text, subject=subject).first()
    if found is not None:
        return found.id
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name of an audience is a code, which facts may hold: {name!r}")
    filters.parse(text, subject=subject)
    with transaction.atomic():
        audience = Audience.objects.select_for_update().filter(name=name).first()
        if audience is not None and audience.subject != subject:
            raise ValueError(f"audience {name!r} is about {audience.subject!r}, not {subject!r}")
        if audience is None:
            try:
                with transaction.atomic():
                    audience = Audience.objects.create(name=name, text=text, subject=subject, defined_at=at)
            except IntegrityError:  # somebody named it in this very moment
                return ensure(name, text, subject=subject, by=by, at=at)
        elif audience.text == text:
            return audience.id
        else:
            audience.text, audience.defined_at, audience.refreshed_at = text, at, None
            audience.save(update_fields=["text", "defined_at", "refreshed_at"])
        journal.write("audience.defined", subject=("audience", audience.id), by=by, at=at, data={"name": name})
    return audience.id


def refresh(audience_id: int, *, subjects: Collection[int] | None, by: str, at: datetime) -> Change:
    """Derive the membership of these subjects anew (None: of everybody) as of `at`; who entered and who left.

    Each 500 subjects are one transaction with one fact `audience.changed` (data: name, entered, left) if anybody moved.
    Everybody moved is derived once more inside that transaction, so an answer that grew old meanwhile does no harm.
    """
    while True:
        try:
            return _refresh(Audience.objects.get(id=audience_id), subjects, by, at)
        except _Redefined:
            continue


def _refresh(audience: Audience, subjects: Collection[int] | None, by: str, at: datetime) -> Change:
    expr = filters.parse(audience.text, subject=audience.subject)
    if subjects is None:
        yes = matching(expr, SYSTEM, at, subject=audience.subject, seconds=SECONDS)
        moved = queries.members(audience.id).symmetric_difference(yes)
    else:
        moved = set(subjects)
    entered: set[int] = set()
    left: set[int] = set()
    for number, some in enumerate(portions(sorted(moved), CHUNK)):
        if number:
            time.sleep(PAUSE_S)
        change = _settle(audience, expr, some, by, at)
        entered |= change.entered
        left |= change.left
    if subjects is None:
        Audience.objects.filter(id=audience.id, text=audience.text).update(refreshed_at=at)
    return Change(frozenset(entered), frozenset(left))


@transaction.atomic
def _settle(audience: Audience, expr: filters.Expr, some: list[int], by: str, at: datetime) -> Change:
    """Make the membership of these subjects what the filter says now; one at a time per audience."""
    if Audience.objects.select_for_update().get(id=audience.id).text != audience.text:
        raise _Redefined
    yes = set(matching(expr, SYSTEM, at, subject=audience.subject, among=some, seconds=SECONDS))
    rows = Member.objects.filter(audience_id=audience.id, subject_id__in=some)
    inside = set(rows.values_list("subject_id", flat=True))
    change = Change(frozenset(yes - inside), frozenset(inside - yes))
    Member.objects.bulk_create(
        Member(audience_id=audience.id, subject_id=one, since=at) for one in sorted(change.entered)
    )
    rows.filter(subject_id__in=change.left).delete()
    if change.entered or change.left:
        data = {"name": audience.name, "entered": sorted(change.entered), "left": sorted(change.left)}
        journal.write("audience.changed", subject=("audience", audience.id), by=by, at=at, data=data)
    return change
