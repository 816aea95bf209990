"""A small ground for the tests of tickets: two committees with a home each, and viewers of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lilong.kernel.access.roles import ROLES
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places import actions as places
from lilong.kernel.places import queries as place_queries
from lilong.kernel.tickets.actions import NewTicket, open_ticket

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai
PLAN = {
    "outcomes": ["safe_at_home", "taken_by_family", "found_dead"],
    "no_answer": ["family", "neighbour", "police"],
    "absence": ["taken_by_family"],
    "quiet": ["found_dead"],
    "first_call": "emergency_contact",
}


@dataclass(frozen=True)
class Ground:
    """Home and committee of A and of B: ids and paths."""

    home_a: int
    home_b: int
    path_a: str
    path_b: str
    root: str


def make() -> Ground:
    """The ground, by the real actions of places."""
    rows = [
        ("S", "subdistrict", "", "澄湾街道", {}),
        ("G", "block_grid", "S", "第一街区", {}),
        ("A", "committee", "G", "澄湾一居", {}),
        ("B", "committee", "G", "河湾新村", {}),
        ("A1", "micro_grid", "A", "微网格一", {}),
        ("B1", "micro_grid", "B", "微网格二", {}),
        ("AB", "building", "A1", "8号", {"lane_address": "澄湾路120弄8号"}),
        ("BB", "building", "B1", "3号", {"lane_address": "河湾路9弄3号"}),
        ("AS", "stair", "AB", "1", {}),
        ("BS", "stair", "BB", "1", {}),
        ("AH", "home", "AS", "502室", {}),
        ("BH", "home", "BS", "101室", {}),
    ]
    batch = [places.NewPlace(code=c, kind=k, parent=p, name=n, **more) for c, k, p, n, more in rows]
    added = places.add_places(batch, by="system:test", at=AT)
    assert not added.refused, added.refused
    ids = added.ids
    return Ground(
        ids["AH"], ids["BH"], place_queries.path_of(ids["A"]), place_queries.path_of(ids["B"]),
        place_queries.path_of(ids["S"]),
    )  # fmt: skip


def viewer(role: str, *scope: str, account: int = 1) -> Viewer:
    """A viewer of one role over some paths."""
    row = ROLES[role]
    return Viewer(
        by=f"account:{account}", account_id=account, name="", roles=frozenset({role}), scope=frozenset(scope),
        purposes=row.purposes, individuals=row.individuals,
    )  # fmt: skip


def ticket(ground: Ground, *, home: str = "a", finding: int | None = 1, wait: timedelta | None = None) -> int:
    """A welfare check at a home, opened by the scenario."""
    home_id = ground.home_a if home == "a" else ground.home_b
    new = NewTicket(
        kind="welfare_check", scenario="elder_water_silence", field="risk_warning",
        title="{home.address}：{hours} 小时几乎未用水", finding_id=finding, home_id=home_id, person_id=7,
        path=place_queries.path_of(home_id), to="committee", urgency="urgent", finish=timedelta(hours=4), wait=wait,
        data_as_of=AT, facts={"hours": 24, "litres": 2}, plan=PLAN,
    )  # fmt: skip
    return open_ticket(new, by="scenario:elder_water_silence", at=AT)
