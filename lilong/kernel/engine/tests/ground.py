"""A true small street for the engine: one lone elder and one couple, each with a meter, in each of two committees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lilong.analysis.episodes import Episode
from lilong.kernel.engine import actions, loop
from lilong.kernel.journal import sealer
from lilong.kernel.registry import actions as registry
from lilong.kernel.sensing import findings
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.tickets.tests import ground as tickets_ground

AT = tickets_ground.AT
SLUG = "elder_water_silence"
BY = "system:test"


@dataclass(frozen=True)
class Street:
    """Ids: two homes, the lone elder of A, the couple of B."""

    home_a: int
    home_b: int
    path_a: str
    path_b: str
    root: str
    elder: int
    couple: tuple[int, int]


def make() -> Street:
    """People and meters by real actions; the water scenario is settled over them."""
    there = tickets_ground.make()
    added = registry.add_people(
        [
            registry.NewPerson(name="钱桂香", sex="F", born_on=date(1941, 5, 2), home_id=there.home_a),
            registry.NewPerson(name="孙阿毛", sex="M", born_on=date(1944, 1, 9), home_id=there.home_b),
            registry.NewPerson(name="周阿秀", sex="F", born_on=date(1946, 7, 3), home_id=there.home_b),
        ],
        by=BY, at=AT,
    ).ids  # fmt: skip
    registry.add_devices(
        [
            registry.NewDevice("W-A", "water_meter", there.home_a, stream="water_volume", every_s=3600),
            registry.NewDevice("W-B", "water_meter", there.home_b, stream="water_volume", every_s=3600),
        ],
        by=BY, at=AT,
    )  # fmt: skip
    sealer.seal_all()
    actions.settle(at=AT)
    sealer.seal_all()
    loop.skip_to_head()
    return Street(there.home_a, there.home_b, there.path_a, there.path_b, there.root, added[0], (added[1], added[2]))


def run(at: datetime = AT) -> None:
    """Seal and let the engine read until nothing is new."""
    sealer.seal_all()
    while loop.run_once(at=at):
        sealer.seal_all()


def stream(home: int) -> int:
    """The meter's stream at a home."""
    return sensing.streams_of([home], "water_volume")[home][0].id


def silence(home: int, *, ends: datetime = AT, hours: float = 24, goes_on: bool = True, kind: str = "silence") -> None:
    """What the intake process writes when it sees an episode at a home."""
    micros = round(ends.timestamp() * 1_000_000)
    begins = micros - round(hours * 3_600_000_000)
    episode = Episode(kind, begins, micros, 1_000_000, 1_002_000, not goes_on)
    view = findings.View(SLUG, stream(home), (episode,), begins - 3_600_000_000, None, micros)
    findings.reconcile([view], at=AT)


def none(home: int, *, as_of: datetime = AT) -> None:
    """What the intake process writes when later readings show that there never was an episode."""
    micros = round(as_of.timestamp() * 1_000_000)
    early = round((as_of - timedelta(days=3)).timestamp() * 1_000_000)
    findings.reconcile([findings.View(SLUG, stream(home), (), early, None, micros)], at=AT)
