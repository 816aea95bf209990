"""The picture tells what is open, where and how late, and nothing about anybody."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal import queries as journal
from lilong.kernel.journal import sealer
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry.devices import NewDevice
from lilong.kernel.sensing import actions as sensing
from lilong.kernel.tickets import actions as tickets
from lilong.portals.brain import events, picture, telling
from lilong.portals.brain.conftest import NOW, PEOPLE_A, PEOPLE_B, SCENARIO

WALL = "wall"
EVENT_KEYS = {
    "ref", "place", "place_label", "committee", "committee_label", "field", "field_label", "state", "state_label",
    "urgency", "urgency_label", "open", "found_at", "due_at", "closed_at", "as_of", "in",
}  # fmt: skip


def shown(viewer: Viewer, at=NOW):
    return picture.state(viewer, at=at, rate=1.0)


def worker(ground, code="A"):
    return ground.viewer(code, "committee_worker", account=1)


def one(rows, key):
    return next(row for row in rows if row["key"] == key)


def assert_tells_of_nobody(payload, ground):
    """No name, home, door, person or title, whatever the payload is made of."""
    text = json.dumps(payload, ensure_ascii=False)
    for name in ground.people.values():
        assert name not in text
    for code, ident in ground.ids.items():
        if "h" in code:
            assert f"{ident}" not in numbers(payload), f"the id of home {code}"
            assert ground.paths[code] not in text
    for secret in ("02室", "未用水", SCENARIO, "守护"):
        assert secret not in text
    for key in ("home", "home_id", "person", "person_id", "title", "path", "scenario", "finding"):
        assert f'"{key}"' not in text


def numbers(payload) -> set[str]:
    """Every number that stands for a thing (not a count): the values of keys that name a place."""
    if isinstance(payload, dict):
        own = {str(v) for k, v in payload.items() if k in {"id", "place", "committee", "grid", "ref"}}
        return own | {n for v in payload.values() for n in numbers(v)}
    if isinstance(payload, list):
        return {n for v in payload for n in numbers(v)}
    return set()


def test_an_event_of_a_sensitive_stream_is_shown_at_its_micro_grid_and_says_no_more(ground):
    ground.ticket("A8h3", wait=True)

    (event,) = shown(ground.viewer("S", WALL))["events"]

    assert event.keys() == EVENT_KEYS
    assert (event["place"], event["place_label"]) == (ground.ids["Am"], "澄湾新村第一微网格")
    assert (event["committee"], event["committee_label"]) == (ground.ids["A"], "")  # the label above names it already
    assert (event["field_label"], event["state_label"], event["urgency_label"]) == ("风险预警", "联系中", "紧急")
    assert event["found_at"] == "2026-11-22T06:30:00+00:00"


def test_an_event_of_any_other_stream_is_shown_at_its_building_and_never_finer(ground, monkeypatch):
    monkeypatch.setattr("lilong.kernel.engine.queries.SENSITIVE_STREAMS", frozenset())
    ground.ticket("A8h3")

    (event,) = shown(ground.viewer("S", WALL))["events"]

    assert (event["place"], event["place_label"]) == (ground.ids["A8"], "澄湾路120弄8号")
    assert (event["committee"], event["committee_label"]) == (ground.ids["A"], "澄湾新村")


def test_a_scenario_that_is_gone_counts_as_sensitive(ground):
    ground.ticket("A8h3", scenario="retired_long_ago")

    assert shown(ground.viewer("S", WALL))["events"][0]["place"] == ground.ids["Am"]


def test_no_payload_names_a_person_a_home_a_door_or_a_scenario(ground):
    first = ground.ticket("A8h3", wait=True)
    caller = ground.viewer("S", "operations", account=5)
    said = f"{next(iter(ground.people.values()))}的女儿没接"
    tickets.record_call(first, whom="emergency_contact", answered=False, viewer=caller, at=NOW, note=said)
    ground.ticket("B3h2")
    wall = ground.viewer("S", WALL)
    while sealer.seal_once():
        pass
    facts = journal.after(0)
    assert any(ground.ids["A8h3"] in fact.data.values() or ground.paths["A8h3"] == fact.path for fact in facts)
    told = [telling.tell(fact, wall, picture.atlas(wall)) for fact in facts]

    assert_tells_of_nobody(shown(wall), ground)
    assert_tells_of_nobody(picture.buildings(wall), ground)
    assert_tells_of_nobody([one for one in told if one], ground)
    assert len([one for one in told if one]) == 3  # two opened, one call; nothing of people, places or meters


def test_every_number_is_the_length_of_the_list_behind_it(ground):
    wall, operations = ground.viewer("S", WALL), ground.viewer("S", "operations", account=5)
    for hours, home in ((1, "A8h1"), (5, "A8h2"), (30, "B3h1")):
        ground.ticket(home, at=NOW - timedelta(hours=hours))
    done = ground.ticket("B3h2", at=NOW - timedelta(days=2), urgency="watch")
    tickets.accept(done, viewer=operations, at=NOW - timedelta(hours=2))
    tickets.close(done, outcome="safe_at_home", viewer=operations, at=NOW - timedelta(hours=1))

    state = shown(wall)
    listed = {}
    for event in state["events"]:
        for key in event["in"]:
            listed[key] = listed.get(key, 0) + 1
    figures = [*state["now"], *state["chain"], *state["fields"]]
    figures += [row[key] for row in state["committees"] for key in ("open", "late")]

    assert {f["key"]: f["count"] for f in figures} == {f["key"]: listed.get(f["key"], 0) for f in figures}
    assert {f["key"]: f["count"] for f in state["now"]} == {"open": 3, "urgent": 3, "late": 2, "closed_today": 1}
    assert [f["count"] for f in state["chain"]] == [4, 4, 1, 1, 1]
    days = [(d["day"], d["found"], d["closed"]) for d in state["days"]]
    assert days[-3:] == [("11-20", 1, 0), ("11-21", 1, 0), ("11-22", 2, 1)]


def test_the_chain_never_grows_from_one_stage_to_the_next(ground):
    operations = ground.viewer("S", "operations", account=5)
    calling = ground.ticket("A8h1", wait=True)
    ground.ticket("A8h2", wait=True)
    tickets.record_call(calling, whom="resident", answered=True, viewer=operations, at=NOW)
    tickets.close(calling, outcome="safe_at_home", viewer=operations, at=NOW)

    chain = [f["count"] for f in shown(ground.viewer("S", WALL))["chain"]]

    assert chain == [2, 1, 1, 1, 1]


def test_a_quiet_closing_leaves_no_trace_on_the_wall(ground):
    operations = ground.viewer("S", "operations", account=5)
    found = ground.ticket("A8h1")
    tickets.accept(found, viewer=operations, at=NOW)
    tickets.close(found, outcome="found_dead", viewer=operations, at=NOW)

    state = shown(ground.viewer("S", WALL))

    assert state["events"] == []
    assert {f["count"] for f in [*state["now"], *state["chain"]]} == {0}


def test_residents_are_told_by_committee_and_not_below(ground):
    whole, grid = shown(ground.viewer("S", WALL)), shown(ground.viewer("Am", WALL))

    told = {c["label"]: c["residents"] for c in whole["committees"]}
    assert told == {"汀兰苑": str(PEOPLE_B), "澄湾新村": str(PEOPLE_A)}
    assert one(whole["totals"], "residents")["text"] == str(PEOPLE_A + PEOPLE_B)
    assert "residents" not in {row["key"] for row in grid["totals"]}
    assert grid["committees"] == []


def test_a_count_under_five_is_not_told_nor_can_it_be_taken_back_from_the_total(ground):
    for person_id in list(ground.people)[PEOPLE_A + 2 :]:
        registry.move_out(person_id=person_id, by="system:test", at=NOW - timedelta(days=1))
    state = shown(ground.viewer("S", WALL))

    assert [c["residents"] for c in state["committees"]] == ["少于5", "—"]
    told = {f["id"]: f["properties"] for f in picture.buildings(ground.viewer("S", WALL))["features"]}
    homes = {code: (told[ground.ids[code]]["n"], told[ground.ids[code]]["homes"]) for code in ("A8", "A9", "B3")}
    assert homes == {"A8": (None, "—"), "A9": (None, "少于5"), "B3": (6, "6")}


def test_a_viewer_gets_the_ground_and_the_events_of_the_own_scope_only(ground):
    ground.ticket("A8h1")
    ground.ticket("B3h1")
    mine = worker(ground, "A")

    state, city = shown(mine), picture.buildings(mine)

    assert state["place"] == "澄湾新村"
    assert [event["committee"] for event in state["events"]] == [ground.ids["A"]]
    assert {f["id"] for f in city["features"]} == {ground.ids[code] for code in ("A", "Am", "A8", "A9")}


def test_live_messages_keep_to_the_scope_and_carry_on_the_events_name(ground):
    ticket = ground.ticket("A8h1", wait=True)
    tickets.dispatch(ticket, by="system:engine", at=NOW)
    while sealer.seal_once():
        pass
    facts = [fact for fact in journal.after(0) if fact.subject_kind == "ticket"]
    wall, other = ground.viewer("S", WALL), worker(ground, "B")

    opened, dispatched = (telling.tell(fact, wall, picture.atlas(wall)) for fact in facts)

    shown_now = shown(wall)["events"][0]
    later = {"state", "state_label", "as_of", "in"}  # what the dispatch changed, and what the state knows besides
    assert {k: v for k, v in opened.items() if k not in later} == {k: v for k, v in shown_now.items() if k not in later}
    assert dispatched == {
        "ref": opened["ref"], "gone": False, "state": "waiting", "state_label": "待接单",
        "urgency": "urgent", "urgency_label": "紧急",
    }  # fmt: skip
    assert [telling.tell(fact, other, picture.atlas(other)) for fact in facts] == [None, None]


def test_an_event_has_the_same_opaque_name_everywhere():
    assert events.ref(7) == events.ref(7) != events.ref(8)
    assert len(events.ref(7)) == 12


def test_only_somebody_whose_desk_holds_the_ticket_gets_a_way_to_it(ground):
    with_operations = ground.ticket("A8h1", wait=True)
    with_committee = ground.ticket("A8h2")

    def ways(viewer):
        state = shown(viewer)
        return {event.get("href") for event in state["events"]}, {f.get("href") for f in state["now"]}

    assert ways(ground.viewer("S", WALL)) == ({None}, {None})
    assert ways(worker(ground))[0] == {None, f"/desk/tickets/{with_committee}"}
    assert ways(worker(ground))[1] == {None}  # the committee's desk does not list what is still being called
    assert ways(ground.viewer("S", "operations", account=5)) == (
        {f"/desk/tickets/{with_operations}", f"/desk/tickets/{with_committee}"},
        {"/desk", "/desk?show=urgent", "/desk?show=late", None},
    )


def test_sensors_are_online_by_the_age_of_their_data_and_the_age_is_shown(ground):
    kind = {"kind": "water_meter", "stream": "water_volume", "every_s": 3600}
    devices = [
        NewDevice(f"M{n}", home_id=ground.ids[f"A8h{n}"], delivery=delivery, **kind)
        for n, delivery in ((1, "live"), (2, "nightly"), (3, "nightly"))
    ]
    registry.add_devices(devices, by="system:test", at=NOW)
    sensing.sync_streams(by="system:test", at=NOW)

    state = shown(ground.viewer("S", WALL))

    ages = [{"label": "实时", "at": None}, {"label": "每晚一批", "at": None}]
    assert state["sensors"] == {"total": 3, "online": 0, "silent": 3, "as_of": ages}
    assert one(state["totals"], "sensors")["text"] == "3"


def test_when_nothing_is_open_the_page_can_say_since_when(ground):
    operations = ground.viewer("S", "operations", account=5)
    assert shown(ground.viewer("S", WALL))["calm_since"] is None
    ticket = ground.ticket("A8h1", at=NOW - timedelta(hours=3))
    tickets.accept(ticket, viewer=operations, at=NOW - timedelta(hours=2))
    tickets.close(ticket, outcome="safe_at_home", viewer=operations, at=NOW - timedelta(hours=1))

    assert shown(ground.viewer("S", WALL))["calm_since"] == "2026-11-22T05:30:00+00:00"


def test_more_events_ask_the_database_no_more_often(ground, django_assert_num_queries):
    wall = ground.viewer("S", WALL)
    ground.ticket("A8h1")
    with CaptureQueriesContext(connection) as once:
        shown(wall)
    for home in ("A8h2", "A8h3", "B3h1", "B3h2"):
        ground.ticket(home)

    with django_assert_num_queries(len(once)):
        assert len(shown(wall)["events"]) == 5
