"""Meters with the age of their data: silent ones first, one's own scope alone, readings kept aside with why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lilong.kernel.registry import actions as registry
from lilong.kernel.registry.devices import NewDevice
from lilong.kernel.sensing import actions as sensing
from lilong.kernel.sensing.models import AsideCount, Stream
from lilong.portals.desk.conftest import BY, NOW, words

pytestmark = pytest.mark.django_db


def codes(response) -> list[str]:
    return re.findall(r'class="mono">(W[^<]+)</td>', response.content.decode())


@pytest.fixture
def meters(ground, at_noon) -> None:
    """Five meters in A of different ages, one in B; a live meter two hours behind is in order, one two days is not."""
    ages = {"Ah1": 2, "Ah2": 30, "Ah3": 70, "Ah4": 49, "Bh1": 1}
    batch = [
        NewDevice(
            f"W-{home}", "water_meter", home_id=ground.ids[home], stream="water_volume",
            delivery="nightly" if home in {"Ah2", "Ah4"} else "live", every_s=3600,
        )
        for home in [*ages, "Ah5"]
    ]  # fmt: skip
    registry.add_devices(batch, by=BY, at=NOW)
    sensing.sync_streams(by=BY, at=NOW)
    for home, hours in ages.items():  # the intake process alone writes these, from its log
        Stream.objects.filter(device_code=f"W-{home}").update(newest_time=NOW - timedelta(hours=hours))


def test_silent_meters_come_first_those_that_never_spoke_on_top(worker, meters) -> None:
    page = worker.client.get("/desk/devices")

    assert codes(page) == ["W-Ah5", "W-Ah3", "W-Ah4", "W-Ah1", "W-Ah2"]
    text = words(page)
    assert "全部水表 5" in text
    assert "没有数据 3" in text
    assert "11-19 16:30 2 天 22 小时前" in text


def test_a_nightly_meter_has_a_night_more_before_it_counts_as_silent(worker, meters) -> None:
    page = worker.client.get("/desk/devices", {"show": "silent"})

    assert "W-Ah2" not in codes(page), "thirty hours old: the batch of the night is on its way"
    assert "W-Ah4" in codes(page)


def test_a_number_opens_the_list_it_counts_and_search_narrows_it(worker, meters) -> None:
    assert codes(worker.client.get("/desk/devices", {"show": "nightly"})) == ["W-Ah4", "W-Ah2"]
    assert codes(worker.client.get("/desk/devices", {"q": "ah1"})) == ["W-Ah1"]
    assert "没有符合条件的水表" in words(worker.client.get("/desk/devices", {"q": "x"}))


def test_a_committee_sees_its_own_meters_alone(worker, operations, meters) -> None:
    assert "W-Bh1" not in codes(worker.client.get("/desk/devices"))
    assert "W-Bh1" in codes(operations.client.get("/desk/devices"))


def test_readings_kept_aside_are_shown_by_reason_to_those_they_concern(ground, worker, sign_in, meters) -> None:
    for code, reason, n in (("W-Ah1", "future", 3), ("W-Bh1", "duplicate", 2), ("X-1", "unknown_device", 7)):
        AsideCount.objects.create(day=NOW.date(), device_code=code, reason=reason, n=n)
    steward = sign_in("steward", ground.paths["A"])

    seen = words(worker.client.get("/desk/devices"))
    every = words(steward.client.get("/desk/devices"))

    assert "W-Ah1 时间在未来 3" in seen
    assert "W-Bh1" not in seen
    assert "X-1" not in seen
    assert "X-1 设备未登记 7" in every
    assert "W-Bh1" not in every, "known, and another committee's"


def test_without_meters_it_says_so(worker, at_noon) -> None:
    page = words(worker.client.get("/desk/devices"))

    assert "范围内还没有水表" in page
    assert "没有搁置的读数" in page
