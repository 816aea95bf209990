"""What filters answer: who, how many, and why; the viewer's scope is part of every statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.filters import explaining, running
from lilong.kernel.filters.compiling import compile
from lilong.kernel.filters.expressions import Expr
from lilong.kernel.filters.language import parse
from lilong.kernel.filters.scoping import condition, everyone_in

__all__ = ["Count", "count", "explain", "matching", "parse"]

SMALLEST = 5  # DESIGN §4: fewer than five are not told apart from none
_CHUNK = 500


@dataclass(frozen=True)
class Count:
    """How many: known to be so, and not known whether. None stands for *fewer than 5*, none at all included."""

    yes: int | None
    unknown: int | None


def matching(
    expr: Expr,
    viewer: Viewer,
    at: datetime,
    *,
    subject: str = "person",
    among: Collection[int] | None = None,
    seconds: float = running.SECONDS,
) -> list[int]:
    """Ids, ascending, of those in the viewer's scope for whom the condition is known to be true; `among` these only.

    Raises PermissionDenied for a viewer without the right to individuals, FilterTooSlow after `seconds` a statement.
    """
    _needs_individuals(viewer)
    compiled = compile(expr, subject=subject, at=at)
    inside, params = condition(viewer, compiled.path)
    sql = f"{compiled.yes} AND {inside}"
    if among is None:
        return sorted(row[0] for row in running.rows(sql, compiled.params | params, seconds=seconds))
    found: list[int] = []
    waiting = iter(sorted(among))
    while chunk := list(islice(waiting, _CHUNK)):
        these = {f"id{number}": key for number, key in enumerate(chunk)}
        only = f"{compiled.key} IN ({', '.join(f'%({name})s' for name in these)})"
        found += [
            row[0] for row in running.rows(f"{sql} AND {only}", compiled.params | params | these, seconds=seconds)
        ]
    return sorted(found)


def count(
    expr: Expr,
    viewer: Viewer,
    at: datetime,
    *,
    subject: str = "person",
    inside: str | None = None,
    seconds: float = running.SECONDS,
) -> Count:
    """How many in the viewer's scope, or in the place with the path `inside`.

    Exact within the scope of a viewer who has the right to individuals; otherwise a number under five is not told.
    Raises FilterTooSlow.
    """
    exact = viewer.individuals and (inside is None or viewer.sees(inside))
    compiled = compile(expr, subject=subject, at=at)
    scope, params = condition(viewer if inside is None else everyone_in(viewer, inside), compiled.path)
    sql = f"{compiled.layers}SELECT {compiled.truth}, COUNT(*) {compiled.source} AND {scope} GROUP BY 1"
    answers = dict(running.rows(sql, compiled.params | params, seconds=seconds))
    yes, unknown = answers.get(True, 0), answers.get(None, 0)  # SQLite's 1 is the same key as True
    return Count(*(number if exact or number >= SMALLEST else None for number in (yes, unknown)))


def explain(
    expr: Expr, subject_id: int, viewer: Viewer, at: datetime, *, subject: str = "person"
) -> explaining.Clause | None:
    """Each clause with its truth and evidence for one subject; None for one the viewer does not see, or not present.

    Raises PermissionDenied for a viewer without the right to individuals.
    """
    _needs_individuals(viewer)
    return explaining.explain(expr, subject_id, viewer, at, subject=subject)


def _needs_individuals(viewer: Viewer) -> None:
    if not viewer.individuals:
        raise PermissionDenied(_("您的角色不能查看个人"))
