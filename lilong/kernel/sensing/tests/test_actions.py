"""Streams that follow the devices, and bindings that follow those who are watched."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.registry import actions as registry
from lilong.kernel.sensing import actions, queries, roster
from lilong.kernel.sensing.actions import BindingRow
from lilong.kernel.sensing.models import Binding, Stream
from lilong.kernel.sensing.tests import ground
from lilong.kernel.sensing.tests.ground import AT, BY, TABLE, WATCH

pytestmark = pytest.mark.django_db


def test_every_device_that_sends_gets_its_stream_once() -> None:
    there = ground.make(3)
    assert [(s.device_code, s.kind, s.unit, s.every_s, s.delivery) for s in queries.stream_status(SYSTEM)] == [
        (f"W-{n}", "water_volume", "L", 3600, "nightly") for n in range(3)
    ]
    assert Stream.objects.get(device_code="W-0").lateness_s == 72 * 3600
    assert actions.sync_streams(by=BY, at=AT) == 0
    assert queries.streams_of(there.homes, "water_volume")[there.homes[1]][0].device_code == "W-1"


def test_a_meter_that_was_replaced_ends_its_stream_and_the_new_one_has_its_own() -> None:
    there = ground.make(2)
    registry.replace_meter("W-0", new_code="W-9", by=BY, at=AT)
    assert actions.sync_streams(by=BY, at=AT) == 2
    assert [s.device_code for s in queries.streams_of(there.homes, "water_volume")[there.homes[0]]] == ["W-9"]


def test_binding_twice_does_no_harm_and_new_numbers_change_what_stands() -> None:
    there = ground.make(2)
    rows = [BindingRow(stream, 100 + n, TABLE) for n, stream in enumerate(there.streams)]
    assert actions.bind(WATCH, rows, by=BY, at=AT) == 2
    assert actions.bind(WATCH, rows, by=BY, at=AT) == 0
    other = {**TABLE, "no_data": "12h"}
    assert actions.bind(WATCH, [BindingRow(there.streams[0], 100, other)], by=BY, at=AT) == 1
    assert queries.bound_params(WATCH)[there.streams[0]]["no_data"] == "12h"
    assert queries.bound_subjects(WATCH) == {100, 101}


def test_numbers_that_no_watch_can_have_are_refused_before_anything_is_written() -> None:
    there = ground.make(1)
    with pytest.raises(ValueError, match=r"silence\.for"):
        ground.bind(there, {**TABLE, "silence": {"for": "a day"}})
    assert Binding.objects.count() == 0


def test_a_subject_who_moved_is_bound_where_they_live_now_and_others_stay() -> None:
    there = ground.make(3)
    ground.bind(there, only=[0, 1])
    moved = [BindingRow(there.streams[2], 100, TABLE)]
    actions.bind(WATCH, moved, replace_subjects={100}, by=BY, at=AT)
    assert sorted(queries.bound_params(WATCH)) == sorted([there.streams[1], there.streams[2]])


def test_each_change_is_a_fact_and_moves_the_revision_that_intake_looks_at() -> None:
    there = ground.make(1)
    before = roster.revision()
    ground.bind(there)
    actions.quiet(WATCH, there.homes, AT + timedelta(days=2), by=BY, at=AT)
    actions.unbind(WATCH, None, by=BY, at=AT)
    told = [fact.data["change"] for fact in journal.about(("binding", Binding.objects.get().pk), limit=9)]
    assert told == ["unbound", "quiet", "bound"], "newest first"
    assert roster.revision() == before + 3


def test_rows_that_say_nothing_of_an_absence_leave_the_one_that_is_known() -> None:
    there = ground.make(1)
    ground.bind(there)
    until = AT + timedelta(days=2)
    assert actions.quiet(WATCH, there.homes, until, by=BY, at=AT) == 1
    assert actions.quiet(WATCH, there.homes, until, by=BY, at=AT) == 0
    ground.bind(there)
    assert Binding.objects.get().quiet_until == until


def test_a_stream_that_moves_takes_its_bindings_along() -> None:
    there = ground.make(2)
    ground.bind(there, only=[0])
    moved = registry.NewDevice(
        "W-0", "water_meter", there.homes[1], "G-0", stream="water_volume", delivery="nightly", every_s=900
    )
    registry.put_devices([moved], by=BY, at=AT)
    assert actions.sync_streams(by=BY, at=AT) == 1
    bound = Binding.objects.get()
    assert (bound.home_id, bound.path) == (there.homes[1], there.paths[1])
