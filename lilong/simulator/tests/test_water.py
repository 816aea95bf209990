"""Water flows as people live: by the hour, never silent for a day where somebody is at home, and always the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.kit.clock import SHANGHAI
from lilong.simulator import water
from lilong.simulator.feed.network import Network

DAY = datetime(2026, 11, 2, tzinfo=SHANGHAI)  # a Monday
FIRST = water.midnight(DAY)


def homes(rhythm: str, litres_day: int = 180, **more: int) -> water.Household:
    return water.Household(water.key_of(f"{rhythm} {litres_day} {more}"), rhythm, litres_day, **more)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), home=st.text(min_size=1, max_size=20), rhythm=st.sampled_from(water.RHYTHMS[:3]),
       litres=st.integers(60, 900))  # fmt: skip
def test_somebody_at_home_is_never_under_ten_litres_for_a_day(seed: int, home: str, rhythm: str, litres: int) -> None:
    used = water.used(seed, [water.Household(water.key_of(home), rhythm, litres)], FIRST, FIRST + 20 * water.PER_DAY)[0]
    total = np.concatenate([[0], np.cumsum(used)])
    for every in (1, 4):  # readings each quarter of an hour, or each hour
        shown = total[::every]
        steps = water.PER_DAY // every
        assert (shown[steps:] - shown[:-steps]).min() >= 10


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), cut=st.integers(1, 5 * water.PER_DAY - 1), rhythm=st.sampled_from(water.RHYTHMS))
def test_any_part_of_a_series_is_the_part_of_the_whole(seed: int, cut: int, rhythm: str) -> None:
    home = [homes(rhythm), homes("elder", 90)]
    end = FIRST + 5 * water.PER_DAY
    whole = water.used(seed, home, FIRST, end)
    parts = [water.used(seed, home, FIRST, FIRST + cut), water.used(seed, home, FIRST + cut, end)]
    assert (whole == np.concatenate(parts, axis=1)).all()
    assert (whole[:1] == water.used(seed, home[:1], FIRST, end)).all()


def test_homes_use_about_as_much_as_they_are_said_to(demo_network: Network) -> None:
    lived_in = [meter.habits for meter in demo_network.meters if meter.habits.rhythm != "vacant"]
    used = water.used(7, lived_in, FIRST, FIRST + 28 * water.PER_DAY).sum(axis=1) / 28
    said = np.array([home.litres_day for home in lived_in])
    assert 0.93 < used.sum() / said.sum() < 1.07
    assert (abs(used - said) < 0.4 * said).all()


def test_elders_rise_early_and_nights_are_quiet(demo_network: Network) -> None:
    elders = [meter.habits for meter in demo_network.meters if meter.habits.rhythm == "elder"]
    hours = water.used(7, elders, FIRST, FIRST + 28 * water.PER_DAY).reshape(len(elders), 28, 24, 4).sum(axis=(0, 1, 3))
    assert set(np.argsort(hours)[-6:]) >= {6, 7, 18}
    assert hours[[0, 1, 2, 3]].max() < hours[12] / 5


def test_those_who_work_use_water_at_noon_on_weekends() -> None:
    workers = [homes("worker", litres) for litres in range(200, 300)]
    used = water.used(7, workers, FIRST, FIRST + 28 * water.PER_DAY).reshape(100, 4, 7, 24, 4).sum(axis=(0, 1, 4))
    weekday, weekend = used[:5, 9:16].mean(), used[5:, 9:16].mean()
    assert weekend > 3 * weekday


def test_a_vacant_home_uses_nothing_and_may_drip_all_the_same() -> None:
    assert water.used(7, [homes("vacant")], FIRST, FIRST + 500).sum() == 0
    days = [FIRST + day * water.PER_DAY for day in range(8)]
    shown = water.counter(7, homes("vacant", drip_day=2), FIRST, days, shown=100)
    assert shown == [100, 102, 104, 106, 108, 110, 112, 114]
    leaking = water.counter(7, homes("vacant", leak_hour=6), FIRST, days[:2])
    assert leaking == [0, 144]


def test_history_gives_cumulative_readings_at_the_asked_times() -> None:
    home = homes("family", 400)
    readings = water.history(7, home, DAY, DAY + timedelta(days=2))
    assert [at for at, _ in readings] == [DAY + timedelta(hours=hour) for hour in range(49)]
    litres = [value for _, value in readings]
    assert litres == sorted(litres)
    assert litres[0] == 0
    assert litres[-1] == water.used(7, [home], FIRST, FIRST + 2 * water.PER_DAY).sum()


def test_a_silence_ends_the_use_of_water_but_not_the_drip() -> None:
    home = homes("elder")
    start = FIRST + 25
    silent = water.Event(home.key, "silent", start, start + 2 * water.PER_DAY, drip_day=2)
    used = water.used(7, [home], FIRST, FIRST + 4 * water.PER_DAY, [silent])[0]
    assert used[25] > 0
    assert used[26 : 25 + 2 * water.PER_DAY].sum() == 0
    before, after = water.counter(7, home, FIRST, [start + 1, start + 1 + water.PER_DAY], events=[silent])
    assert after - before == 2


def test_a_burst_adds_its_litres_to_what_is_used_anyway() -> None:
    home = homes("elder")
    burst = water.Event(home.key, "burst", FIRST + 40, FIRST + 48, litres=600)
    used = water.used(7, [home], FIRST, FIRST + water.PER_DAY, [burst])[0]
    assert (used - water.used(7, [home], FIRST, FIRST + water.PER_DAY)[0])[40:48].sum() == 600
