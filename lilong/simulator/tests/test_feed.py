"""Deliveries are the same for the same day, the planted stories are in them, and every fault is told."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from lilong.kit.clock import SHANGHAI
from lilong.simulator import world
from lilong.simulator.feed.deliveries import Day, Deliveries
from lilong.simulator.feed.network import Network
from lilong.simulator.feed.told import lines

DAYS = range(-4, 6)
Series = dict[str, list[tuple[datetime, int]]]


@pytest.fixture(scope="module")
def days(demo_network: Network) -> dict[int, Day]:
    made = Deliveries(demo_network)
    return {day: made.day(day) for day in DAYS}


@pytest.fixture(scope="module")
def series(days: dict[int, Day]) -> Series:
    """Every meter's distinct readings, in order of their own time."""
    found: dict[str, set[tuple[datetime, int]]] = defaultdict(set)
    for day in days.values():
        for delivery in day.deliveries:
            for one in delivery.readings:
                found[one.device].add((datetime.fromtimestamp(one.time, SHANGHAI), one.value))
    return {device: sorted(readings) for device, readings in found.items()}


def story(truth: dict[str, Any], name: str) -> str:
    return next(story["device"] for story in truth["stories"] if story["name"] == name)


def between(readings: list[tuple[datetime, int]], start: datetime, end: datetime) -> list[int]:
    return [value for at, value in readings if start <= at <= end]


def test_a_day_asked_for_alone_is_the_day_of_the_whole(demo_network: Network, days: dict[int, Day]) -> None:
    assert Deliveries(demo_network).day(3) == days[3]
    again = Deliveries(demo_network)
    assert [again.day(day) for day in (4, 0, 4)] == [days[4], days[0], days[4]]


def test_the_hero_uses_no_water_from_half_past_six_of_the_day_before(truth: dict[str, Any], series: Series) -> None:
    start = world.START.replace(hour=6, minute=30) - timedelta(days=1)
    mine = series[story(truth, "hero")]
    silent = between(mine, start, start + timedelta(hours=50))
    assert len(silent) == 50 * 4 + 1
    assert len(set(silent)) == 1
    assert between(mine, start - timedelta(minutes=15), start)[0] < silent[0]
    assert between(mine, start - timedelta(hours=24), start)[0] < silent[0] - 10


def test_the_hero_s_finding_can_be_known_within_a_minute_of_the_demonstration(
    truth: dict[str, Any], days: dict[int, Day]
) -> None:
    hero = story(truth, "hero")
    full_day = world.START.replace(hour=6, minute=30).timestamp()
    arrives = next(
        delivery.at for delivery in days[0].deliveries for one in delivery.readings
        if one.device == hero and one.time == full_day
    )  # fmt: skip
    assert 0 <= arrives - world.START.timestamp() < 60 * 60


def test_the_elder_with_a_dripping_cistern_passes_two_litres_a_day(truth: dict[str, Any], series: Series) -> None:
    mine = series[story(truth, "drip")]
    end = world.START.replace(hour=5, minute=0)
    last_day = between(mine, end - timedelta(hours=24), end)
    assert len(last_day) == 25
    assert last_day[-1] - last_day[0] == 2


def test_her_batch_arrives_at_the_beginning_of_the_demonstration(truth: dict[str, Any], days: dict[int, Day]) -> None:
    drip = story(truth, "drip")
    batch = next(one for one in days[0].deliveries if one.readings[0].device == drip)
    assert len(batch.readings) == 24
    assert timedelta(0) <= datetime.fromtimestamp(batch.at, SHANGHAI) - world.START <= timedelta(minutes=50)


def test_the_one_whose_family_took_her_is_silent_and_told(truth: dict[str, Any], series: Series) -> None:
    told = next(story for story in truth["stories"] if story["name"] == "taken_by_family")
    assert told["told"] is True
    assert len(set(between(series[told["device"]], world.START - timedelta(days=3), world.START))) == 1


def test_the_offline_meter_says_nothing_for_more_than_a_day(truth: dict[str, Any], series: Series) -> None:
    mine = [at for at, _ in series[story(truth, "meter_offline")] if at < world.START + timedelta(days=3)]
    gaps = Counter(later - earlier for earlier, later in pairwise(mine))
    assert max(gaps) > timedelta(hours=48)
    assert gaps[max(gaps)] == 1
    last = next(at for at, later in pairwise(mine) if later - at == max(gaps))
    assert last == world.START.replace(hour=6, minute=45) - timedelta(days=1)


def test_the_burst_hose_passes_500_litres_in_two_hours(truth: dict[str, Any], series: Series) -> None:
    start = world.START.replace(hour=10, minute=30)
    passed = between(series[story(truth, "burst_hose")], start, start + timedelta(hours=2))
    assert passed[-1] - passed[0] >= 600
    day_before = between(series[story(truth, "burst_hose")], start - timedelta(days=1), start)
    assert day_before[-1] - day_before[0] < 400


def test_the_changed_meter_begins_at_nought(truth: dict[str, Any], series: Series) -> None:
    at = world.START.replace(hour=11, minute=0)
    before, after = between(series[story(truth, "meter_changed")], at - timedelta(minutes=15), at)
    assert before > 1_000
    assert after == 0


def test_nobody_else_among_the_elders_is_silent_for_a_day(
    demo_network: Network, truth: dict[str, Any], series: Series, days: dict[int, Day]
) -> None:
    made = Deliveries(demo_network)
    planted = {line["device"] for day in DAYS for line in lines(made, day, first=day == DAYS[0]) if line.get("home")}
    lone = [meter.code for meter in demo_network.meters if meter.lone and meter.code not in planted]
    assert len(lone) > 80
    for device in lone:
        times, shown = zip(*series[device], strict=True)
        for place, at in enumerate(times):
            later = bisect_left(times, at + timedelta(hours=24))
            if later < len(times) and times[later] < at + timedelta(hours=26):
                assert shown[later] - shown[place] >= 10, (device, at)


def test_nightly_meters_deliver_24_hours_at_once_and_live_ones_every_quarter(
    demo_network: Network, days: dict[int, Day]
) -> None:
    live = {meter.code for meter in demo_network.meters if meter.live}
    sizes = [len(one.readings) for one in days[2].deliveries if one.readings[0].device not in live]
    assert sizes.count(24) > 0.95 * len(sizes)
    first, last = world.START.replace(hour=5, minute=50), world.START.replace(hour=7, minute=10)
    hours = {datetime.fromtimestamp(one.at, SHANGHAI).time() for one in days[2].deliveries
             if one.readings[0].device not in live}  # fmt: skip
    assert min(hours) >= first.time()
    assert max(hours) <= last.time()
    assert sum(len(one.readings) for one in days[2].deliveries if one.readings[0].device in live) > 60 * 96 * 0.98


def test_no_reading_arrives_before_its_own_time(days: dict[int, Day]) -> None:
    for day in days.values():
        for delivery in day.deliveries:
            assert max(one.time for one in delivery.readings) <= delivery.at


def test_deliveries_come_in_order_of_arrival(days: dict[int, Day]) -> None:
    arrivals = [delivery.at for day in days.values() for delivery in day.deliveries]
    assert arrivals == sorted(arrivals)


def test_every_reading_of_a_live_meter_arrives_or_is_told_lost(
    demo_network: Network, days: dict[int, Day], series: Series
) -> None:
    lost = Counter(fault.device for day in days.values() for fault in day.faults if fault.kind == "lost")
    made = Deliveries(demo_network)
    silenced = Counter(
        one.meter.code for one in made.happenings.through(DAYS[-1] + 2) if one.kind == "offline"
        for quarter in range(one.start, one.end)
        if demo_network.midnight(DAYS[0]) <= quarter < demo_network.midnight(DAYS[-1] + 1)
    )  # fmt: skip
    assert lost
    for meter in demo_network.meters:
        if meter.live:
            told = lost[meter.code] + silenced[meter.code]
            assert len(series[meter.code]) == len(DAYS) * 96 - told, meter.code


def test_each_kind_of_fault_is_injected_and_told(days: dict[int, Day]) -> None:
    kinds = {fault.kind for day in days.values() for fault in day.faults}
    assert kinds == {"dropped", "lost", "late", "duplicate"}


def test_truth_says_what_must_be_found_and_by_when(demo_network: Network, truth: dict[str, Any]) -> None:
    made = Deliveries(demo_network)
    told = [line for day in range(-4, 1) for line in lines(made, day, first=day == -4)]
    must = {line["name"]: (line["expect"], line["due"]) for line in told if line["expect"]}
    assert {name: kind for name, (kind, _) in must.items()} == {
        "hero": "silence",
        "drip": "silence",
        "meter_offline": "no_data",
        "burst_hose": "excess",
        "meter_changed": "meter_reset",
    }
    assert must["hero"][1] == "2026-11-22T07:30:00+08:00"
    assert must["drip"][1] == "2026-11-22T07:45:00+08:00"
    assert len([line for line in told if line["name"] == "taken_by_family"]) == 1
