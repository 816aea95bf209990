"""Runs a scenario's cases through the real audience, numbers and detectors, on invented people that are never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction

from lilong.analysis.detectors import detect
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.engine import cases
from lilong.kernel.engine.cases import Case
from lilong.kernel.engine.declaration import replaced
from lilong.kernel.engine.scenarios import Declared
from lilong.kernel.filters import parse
from lilong.kernel.filters import queries as filters
from lilong.kernel.places import actions as places
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry.people import NewPerson
from lilong.kernel.sensing.params import WatchParams
from lilong.kit.clock import SHANGHAI

ENDS = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # every case ends on this Monday at 08:00 in Shanghai
BY = "system:rehearsal"
KEPT_QUIET = frozenset({"silence", "no_data"})  # what a known absence explains; a burst pipe it does not


@dataclass(frozen=True)
class Outcome:
    """How one case went: what was expected and what was found, as words such as `silence 24 h`."""

    name: str
    passed: bool
    expected: tuple[str, ...]
    found: tuple[str, ...]


def rehearse(declared: Declared) -> list[Outcome]:
    """Run every case of a scenario; leaves no trace in the database. Raises DeclarationError for bad cases."""
    found = cases.read(declared.folder)
    with transaction.atomic():
        results = [_run(declared, case, number) for number, case in enumerate(found)]
        transaction.set_rollback(True)
    return results


def _run(declared: Declared, case: Case, number: int) -> Outcome:
    got: list[tuple[str, int]] = []
    if _watched(declared, case, number):
        table = declared.declaration.watch_table()
        for key, value in case.numbers.items():
            table = replaced(table, key, value)
        episodes = detect(WatchParams.from_toml(table).thresholds(), *case.readings(ENDS))
        got = [(e.kind, round(e.hours)) for e in episodes if not (case.away and e.kind in KEPT_QUIET)]
    matched = len(got) == len(case.expect) and all(
        kind == wanted.kind and wanted.hours in (None, hours)
        for (kind, hours), wanted in zip(got, case.expect, strict=True)
    )
    return Outcome(
        case.name,
        matched,
        tuple(_words(wanted.kind, wanted.hours) for wanted in case.expect),
        tuple(_words(kind, hours) for kind, hours in got),
    )


def _words(kind: str, hours: int | None) -> str:
    return kind if hours is None else f"{kind} {hours} h"


def _watched(declared: Declared, case: Case, number: int) -> bool:
    """Whether the scenario's audience holds anybody of the case's home, asked of the real filter."""
    home = _home(f"rehearsal-{number}")
    added = registry.add_people(
        [
            NewPerson(name=f"演练{number}-{place}", born_on=_birthday(who.age), home_id=home)
            for place, who in enumerate(case.people)
        ],
        by=BY,
        at=ENDS,
    )
    expr = parse(declared.declaration.watch.audience)
    return bool(filters.matching(expr, SYSTEM, ENDS, among=added.ids.values()))


def _birthday(age: int) -> date:
    today = ENDS.astimezone(SHANGHAI).date()
    return today.replace(year=today.year - age)


def _home(code: str) -> int:
    chain = ("subdistrict", "block_grid", "committee", "micro_grid", "building", "stair", "home")
    batch = [
        places.NewPlace(code=f"{code}-{kind}", kind=kind, parent=f"{code}-{chain[n - 1]}" if n else "", name=code)
        for n, kind in enumerate(chain)
    ]
    return places.add_places(batch, by=BY, at=ENDS).ids[f"{code}-home"]
