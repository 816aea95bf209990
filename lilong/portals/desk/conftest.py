"""A small true ground for the desk's tests: two committees, a few homes, accounts, and tickets by the real verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lilong.kernel.access import actions as access
from lilong.kernel.places import actions as places
from lilong.kernel.places.queries import paths_of
from lilong.kernel.tickets import actions as tickets

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
BY = "system:test"

OUTCOMES = (
    "safe_at_home", "taken_by_family", "away", "in_hospital", "needed_help", "opened_with_police", "found_dead",
    "leak", "meter_fault",
)  # fmt: skip
PLAN = {
    "outcomes": list(OUTCOMES),
    "no_answer": ["family", "neighbour", "key_holder", "property", "police"],
    "absence": ["taken_by_family", "away", "in_hospital"],
    "quiet": ["found_dead"],
    "first_call": "emergency_contact",
}


@dataclass(frozen=True)
class Ground:
    """Ids and paths by code."""

    ids: dict[str, int]
    paths: dict[str, str]

    def path(self, code: str) -> str:
        return self.paths[code]


def grow() -> Ground:
    """One subdistrict with two committees; each has one estate, one building, one stair and three homes."""
    new = [places.NewPlace("S", "subdistrict", "澄湾街道"), places.NewPlace("G", "block_grid", "第一街区", parent="S")]
    for letter, name, lane in (("A", "澄湾一居", "120"), ("B", "汾河苑居委", "88")):
        new += [
            places.NewPlace(letter, "committee", name, parent="G"),
            places.NewPlace(f"{letter}m", "micro_grid", f"{name}第一微网格", parent=letter),
            places.NewPlace(
                f"{letter}b", "building", "8号", parent=f"{letter}m", lane_address=f"澄湾路{lane}弄8号", floors=6
            ),
            places.NewPlace(f"{letter}s", "stair", "8号", parent=f"{letter}b", lane_address=f"澄湾路{lane}弄8号"),
        ]
        new += [
            places.NewPlace(
                f"{letter}h{n}", "home", f"{n}02室", parent=f"{letter}s", lane_address=f"澄湾路{lane}弄8号{n}02室"
            )
            for n in (1, 2, 3, 4, 5)
        ]
    added = places.add_places(new, by=BY, at=NOW)
    assert not added.refused, added.refused
    paths = paths_of(added.ids.values())
    return Ground(added.ids, {code: paths[i] for code, i in added.ids.items()})


def account(username: str, name: str, role: str, path: str) -> int:
    """A demonstration account, which the tests sign in without a second factor."""
    return access.add_account(
        username=username, name=name, role=role, paths=[path] if path else [], password="Xq7-long-enough-9", demo=True,
        by=BY, at=NOW,
    )  # fmt: skip


def open_ticket(ground: Ground, home: str, *, at: datetime = NOW, wait: bool = False, **other: object) -> int:
    """A welfare check at one home, opened as the water scenario opens it."""
    given: dict[str, object] = {
        "kind": "welfare_check",
        "scenario": "elder_water_silence",
        "field": "risk_warning",
        "title": "{home.address}：{hours} 小时几乎未用水",
        "finding_id": None,
        "home_id": ground.ids[home],
        "person_id": None,
        "path": ground.path(home),
        "to": "committee",
        "urgency": "urgent",
        "finish": timedelta(hours=4),
        "wait": timedelta(minutes=15) if wait else None,
        "data_as_of": at - timedelta(hours=2),
        "facts": {"hours": 26, "kind": "silence"},
        "plan": PLAN,
    }
    return tickets.open_ticket(tickets.NewTicket(**{**given, **other}), by="scenario:elder_water_silence", at=at)


@pytest.fixture
def ground(db) -> Ground:
    return grow()
