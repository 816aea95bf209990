"""What devices send: good readings go on, and each other one is named with its reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.kernel.sensing.payload import Malformed, Reading, read
from lilong.kernel.sensing.roster import Roster, Sender

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = 3_600_000_000


def sender(stream: int, parent: str = "") -> Sender:
    return Sender(stream, stream, parent, 72 * HOUR, HOUR, 24 * HOUR, NOW)


ROSTER = Roster(
    senders={("W-1", "water_volume"): sender(1), ("W-2", "water_volume"): sender(2, "G-1"), ("X", "a"): sender(3),
             ("X", "b"): sender(4)},
    only_kind={"W-1": "water_volume", "W-2": "water_volume"},
    codes=frozenset({"W-1", "W-2", "G-1", "X"}),
)  # fmt: skip


def ask(item: object, device: str = "W-1") -> str | float:
    """The value of the one reading, or the reason why it is none."""
    readings, others = read(json.dumps(item).encode(), "json", device, ROSTER, NOW)
    assert len(readings) + len(others) == 1
    return readings[0].value if readings else others[0].reason


GOOD = {"stream": "water_volume", "time": "2026-03-02T08:00:00+08:00", "value": 12.5}


def test_a_reading_is_a_stream_a_time_with_its_offset_and_a_value() -> None:
    (reading,), others = read(json.dumps([GOOD]).encode(), "json", "W-1", ROSTER, NOW)
    assert reading == Reading(0, "W-1", ROSTER.senders["W-1", "water_volume"], 1_772_409_600_000_000, 12.5)
    assert others == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"device": "W-9"}, "unknown_device"),
        ({"stream": "gas_volume"}, "unknown_stream"),
        ({"device": "W-2"}, "foreign_child"),
        ({"value": "12"}, "not_a_number"),
        ({"value": True}, "not_a_number"),
        ({"value": float("nan")}, "not_a_number"),
        ({"value": -1}, "negative"),
        ({"value": 10**400}, "out_of_range"),
        ({"value": None}, "malformed"),
        ({"time": "2026-03-02T09:11:00+08:00"}, "future"),
        ({"time": "1999-12-31T00:00:00Z"}, "clock_unset"),
        ({"time": "2026-03-02T08:00:00"}, "malformed"),
        ({"time": "yesterday"}, "malformed"),
        ({"time": 1772409600}, "malformed"),
        ({"device": ["W-1"]}, "malformed"),
    ],
)
def test_what_is_no_reading_is_named_with_its_reason(change: dict[str, object], reason: str) -> None:
    assert ask({**GOOD, **change}) == reason


def test_a_clock_that_runs_a_little_fast_is_forgiven() -> None:
    assert ask({**GOOD, "time": (NOW + timedelta(minutes=10)).isoformat()}) == 12.5


def test_a_gateway_sends_for_its_own_children_alone() -> None:
    assert ask({**GOOD, "device": "W-2"}, "G-1") == 12.5
    assert ask({**GOOD, "device": "W-1"}, "G-1") == "foreign_child"
    assert ask(GOOD, "G-1") == "unknown_stream", "it has no stream of its own"


def test_a_device_of_one_kind_need_not_name_it_and_one_of_two_must() -> None:
    short = {"time": GOOD["time"], "value": 3}
    assert ask(short) == 3
    assert ask(short, "X") == "unknown_stream"


def test_in_a_batch_the_good_ones_go_on() -> None:
    batch = [GOOD, "nonsense", {**GOOD, "value": -1}, {**GOOD, "time": "2026-03-02T07:00:00+08:00"}]
    readings, others = read(json.dumps(batch).encode(), "json", "W-1", ROSTER, NOW)
    assert [r.index for r in readings] == [0, 3]
    assert [(o.index, o.reason) for o in others] == [(1, "malformed"), (2, "negative")]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[" + b"1," * 20_000 + b"1]"])
def test_what_cannot_be_read_at_all_is_said_in_words(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body, "json", "W-1", ROSTER, NOW)


def test_a_table_is_read_by_its_header() -> None:
    table = "\ufefftime,value,device\n2026-03-02T08:00:00+08:00,7.5,W-2\n2026-03-02T07:00:00+08:00,?,W-2\n"
    readings, others = read(table.encode(), "csv", "G-1", ROSTER, NOW)
    assert [(r.index, r.value) for r in readings] == [(0, 7.5)]
    assert [(o.index, o.reason) for o in others] == [(1, "not_a_number")]
    with pytest.raises(Malformed, match="the header lacks value"):
        read(b"time,litres\n", "csv", "G-1", ROSTER, NOW)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(GOOD["time"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["device", "stream", "time", "value", "x"]), inner, max_size=4)
    ),
)


@settings(deadline=None)  # busy machines
@given(anything, st.sampled_from(["json", "csv"]))
def test_whatever_comes_is_a_reading_or_has_a_reason(sent: object, form: str) -> None:
    body = json.dumps(sent).encode()
    try:
        readings, others = read(body, form, "W-1", ROSTER, NOW)
    except Malformed:
        return
    count = len(sent) if isinstance(sent, list) else 1
    assert form == "csv" or sorted([r.index for r in readings] + [o.index for o in others]) == list(range(count))


@settings(deadline=None)  # busy machines
@given(st.binary(), st.sampled_from(["json", "csv"]))
def test_any_bytes_are_read_or_refused_in_words(body: bytes, form: str) -> None:
    try:
        read(body, form, "W-1", ROSTER, NOW)
    except Malformed as refused:
        assert str(refused)
