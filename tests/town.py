"""Two committees with something to hide in each: people, meters, tickets, words in them, looks at people, numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lilong.kernel.access import actions as access
from lilong.kernel.access import queries
from lilong.kernel.access.models import Account
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.engine import actions as engine
from lilong.kernel.places import actions as places
from lilong.kernel.places.queries import paths_of
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry import queries as people
from lilong.kernel.registry.contacts import NewContact
from lilong.kernel.registry.devices import NewDevice
from lilong.kernel.registry.people import NewPerson
from lilong.kernel.sensing import actions as sensing
from lilong.kernel.sensing import aside
from lilong.kernel.tickets import actions as tickets

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # a Tuesday, 14:30 in Shanghai: committees are at their desks
BY = "system:test"
WATER = "elder_water_silence"
PLAN = {"outcomes": ["safe_at_home", "leak"], "no_answer": ["family", "police"], "first_call": "emergency_contact"}


@dataclass(frozen=True)
class Home:
    """One home with somebody in it and a ticket about them; `clear` never stands on a page, `marks` only in scope."""

    home_id: int
    person_id: int
    ticket_id: int
    clear: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Committee:
    """One committee: where it is, two homes, and whatever else tells of it."""

    place_id: int
    path: str
    homes: tuple[Home, Home]
    marks: tuple[str, ...]

    @property
    def everything(self) -> tuple[str, ...]:
        return (*self.marks, *(mark for home in self.homes for mark in (*home.marks, *home.clear)))


@dataclass(frozen=True)
class Town:
    """The subdistrict: its path, and the committees A and B."""

    path: str
    a: Committee
    b: Committee


# (letter, committee, estate's lane, its worker, two people with the words of their tickets, relatives)
PLANS = (
    ("A", "澄湾一居", "120", "施丽", (("王秀珍", "门口有两袋米"), ("李国华", "猫在窗台上叫")), ("冯小芳", "陈建国")),
    ("B", "汀兰苑居委", "88", "乔云", (("郑桂芳", "邻居听见水声"), ("钱伯年", "信箱塞满报纸")), ("郝大磊", "严明珠")),
)


def build() -> Town:
    """Build the town by the real actions."""
    ground = _ground()
    paths = paths_of(ground.values())
    a, b = (_committee(*plan, ground=ground, paths=paths) for plan in PLANS)
    return Town(paths[ground["S"]], a, b)


def account(role: str, path: str, name: str, *, demo: bool = True) -> Account:
    """An account of this role over one place, by the real action."""
    username = f"{role.replace('_', '-')}-{Account.objects.count()}"
    account_id = access.add_account(
        username=username, name=name, role=role, paths=[path], password="Xq7-long-enough-9", demo=demo, by=BY,
        at=NOW - timedelta(days=90),
    )  # fmt: skip
    return Account.objects.get(pk=account_id)


def viewer_of(of: Account) -> Viewer:
    return queries.viewer_of(of, at=NOW)


def _ground() -> dict[str, int]:
    new = [places.NewPlace("S", "subdistrict", "澄湾街道"), places.NewPlace("G", "block_grid", "第一街区", parent="S")]
    for lon, (letter, name, lane, *_rest) in zip((121.450, 121.456), PLANS, strict=True):
        address = f"澄湾路{lane}弄8号"
        ring = [[lon, 31.3], [lon + 0.0005, 31.3], [lon + 0.0005, 31.3001], [lon, 31.3001], [lon, 31.3]]
        new += [
            places.NewPlace(letter, "committee", name, parent="G"),
            places.NewPlace(f"{letter}m", "micro_grid", f"{name}第一微网格", parent=letter),
            places.NewPlace(
                f"{letter}b", "building", "8号", parent=f"{letter}m", lane_address=address, footprint=[ring], floors=6,
                height_m=18.0,
            ),
            places.NewPlace(f"{letter}s", "stair", "8号", parent=f"{letter}b", lane_address=address),
        ]  # fmt: skip
        new += [
            places.NewPlace(f"{letter}{n}", "home", f"{n}02室", parent=f"{letter}s", lane_address=f"{address}{n}02室")
            for n in (1, 2)
        ]
    added = places.add_places(new, by=BY, at=NOW - timedelta(days=90))
    assert not added.refused, added.refused
    return added.ids


def _committee(
    letter: str, name: str, lane: str, worker: str, lives: tuple[tuple[str, str], ...], relatives: tuple[str, ...],
    *, ground: dict[str, int], paths: dict[int, str],
) -> Committee:  # fmt: skip
    path = paths[ground[letter]]
    own = account("committee_worker", path, worker, demo=False)  # a demonstration lists the others on its sign-in page
    homes = tuple(
        _home(letter, n, person, words, relative, viewer_of(own), ground=ground, paths=paths)
        for n, ((person, words), relative) in enumerate(zip(lives, relatives, strict=True), 1)
    )
    why = f"{name}楼里管道老旧"
    engine.set_number(
        WATER, "silence.for", "36h", place_id=ground[letter], why=why, viewer=viewer_of(own), at=NOW - timedelta(days=2)
    )
    assert len(homes) == 2
    return Committee(ground[letter], path, homes, (name, f"{lane}弄", worker, why))


def _home(
    letter: str, n: int, name: str, words: str, relative: str, worker: Viewer, *, ground: dict[str, int],
    paths: dict[int, str],
) -> Home:  # fmt: skip
    home_id, at = ground[f"{letter}{n}"], NOW - timedelta(hours=3)
    digits, meter = f"{ord(letter)}{n}", f"SB-{letter}-{n}"
    phone, other = f"1400000{digits}1", f"1400000{digits}2"
    born = date(1940 + n, 3, 5)
    new = NewPerson(name, sex="F", born_on=born, phone=f"+86{phone}", home_id=home_id)
    person_id = registry.add_people([new], by=BY, at=NOW - timedelta(days=60)).ids[0]
    registry.add_contacts([NewContact(person_id, relative, f"+86{other}", "女儿", key_holder=True)], by=BY, at=at)
    device = NewDevice(meter, "water_meter", home_id=home_id, stream="water_volume", every_s=3600)
    registry.add_devices([device], by=BY, at=NOW - timedelta(days=60))
    sensing.sync_streams(by=BY, at=NOW - timedelta(days=60))
    ids = {code: row.id for code, row in people.devices_by_code([meter]).items()}
    aside.save_counts(Counter({(NOW.date(), meter, aside.FUTURE): 3}), ids, at=at)
    ticket_id = tickets.open_ticket(
        tickets.NewTicket(
            kind="welfare_check", scenario=WATER, field="risk_warning", title="{home.address}：{hours} 小时几乎未用水",
            finding_id=None, home_id=home_id, person_id=person_id, path=paths[home_id], to="committee",
            urgency="urgent", finish=timedelta(hours=4), wait=None, data_as_of=at,
            facts={"hours": 26, "kind": "silence"}, plan=PLAN,
        ), by=f"scenario:{WATER}", at=at,
    )  # fmt: skip
    tickets.accept(ticket_id, viewer=worker, at=at + timedelta(minutes=5))
    tickets.note(ticket_id, words=words, viewer=worker, at=at + timedelta(minutes=9))
    people.reveal(
        worker, person_id, fields=["phone"], purpose="visit", at=at, route=f"/desk/tickets/{ticket_id}/reveal"
    )
    return Home(
        home_id, person_id, ticket_id, clear=(name, relative, phone, other), marks=(words, meter, f"{name[0]}**")
    )
