"""规则数值: the committee's own numbers within each scenario's bounds, who changed them and why, and a trial run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lilong.kernel.access.guards import needs
from lilong.kernel.access.request import Request
from lilong.kernel.engine import actions as engine
from lilong.kernel.engine import queries
from lilong.kernel.engine.backtest import backtest
from lilong.kernel.engine.queries import NumberRow
from lilong.kit import clock
from lilong.portals.desk import people
from lilong.portals.desk.rules.quantity import Quantity, quantity
from lilong.portals.parts.nav import Entry


@dataclass(frozen=True)
class Shown:
    """One number of one committee with its words and quantities, and its own form's problem and typed text."""

    row: NumberRow
    title: str
    value: Quantity
    default: Quantity
    least: Quantity
    most: Quantity
    who: str
    history: tuple[tuple[Any, str, Quantity | None], ...]
    field: str


@needs("settings.change")
def rules(request: Request) -> HttpResponse:
    """The numbers of every committee in scope, scenario by scenario."""
    return _drawn(request)


@require_POST
@needs("settings.change")
def change(request: Request) -> HttpResponse:
    """Try a number on the last 30 days, set it, or go back to the scenario's own; a reason is asked for."""
    asked = request.POST
    row = next((r for r in queries.numbers(request.viewer) if _field(r) == asked.get("field", "")), None)
    if row is None:
        raise Http404
    problem, value = "", ""
    if asked.get("do") != "reset":
        problem, value = _checked(row, asked.get("amount", ""))
    if not problem and asked.get("do") == "try":
        return _drawn(request, tried=_trial(request, row, value), typed=asked.dict())
    if not problem and not asked.get("why", "").strip():
        problem = _("请写一句为什么改，给以后的人看")
    if problem:
        return _drawn(request, problem={"field": _field(row), "words": problem}, typed=asked.dict(), status=422)
    engine.set_number(
        row.scenario, row.key, value, place_id=row.place_id, why=asked["why"], viewer=request.viewer, at=clock.now()
    )
    messages.success(request, _("已改，从现在起按新的数值提醒"))
    return HttpResponseRedirect("/desk/rules")


def _checked(row: NumberRow, amount: str) -> tuple[str, str]:
    """What is wrong with the amount, and the value as a scenario writes it."""
    least, most = quantity(row.min), quantity(row.max)
    try:
        value = least.written(amount)
        engine.check(row.scenario, row.key, value)
    except ValueError:
        return _("请填 %(least)s 到 %(most)s 之间的数") % {"least": least, "most": most}, ""
    return "", value


def _trial(request: Request, row: NumberRow, value: str) -> dict[str, Any]:
    found = backtest(request.viewer, row.scenario, row.key, value, place_id=row.place_id, at=clock.now())
    return {"field": _field(row), "value": quantity(value), "found": found}


def _drawn(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = queries.numbers(request.viewer)
    shown = _shown(rows)
    scenarios = [
        (_(rows_of[0].row.scenario_title), [(place, list(of)) for place, of in groupby(rows_of, lambda s: s.row.place)])
        for _slug, group in groupby(shown, lambda s: s.row.scenario)
        for rows_of in [list(group)]
    ]
    told = {"scenarios": scenarios, "tried": None, "problem": None, "typed": {}, **more}
    return render(request, "desk/rules/page.html", told, status=status)


def _shown(rows: Sequence[NumberRow]) -> list[Shown]:
    names = people.names({number.by for row in rows for number in row.history} | {row.by for row in rows if row.by})
    return [
        Shown(
            row=row,
            title=_(row.title),
            value=quantity(row.value),
            default=quantity(row.default),
            least=quantity(row.min),
            most=quantity(row.max),
            who=names.get(row.by, ""),
            history=tuple((n, names[n.by], quantity(n.value) if n.value else None) for n in row.history),
            field=_field(row),
        )
        for row in rows
    ]


def _field(row: NumberRow) -> str:
    return f"{row.scenario}.{row.key}.{row.place_id}"


urlpatterns = [
    path("desk/rules", rules, name="desk-rules"),
    path("desk/rules/change", change, name="desk-rules-change"),
]
NAV = (Entry("/desk/rules", gettext_lazy("规则数值"), "adjustments-horizontal", "settings.change", order=30),)
