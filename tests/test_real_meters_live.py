"""Real meters, published as if live: each silence that a replay tells becomes one finding and one ticket."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.real_meters import FILE, cut, run

METERS = {
    "08f33d34",  # silent for a day and a half
    "321eaccb",
    "adebf726",
    "457734ad",
    "9b531be8",  # silent to the last reading
    "219ffd09",  # its counter falls again and again
    "53b44244",  # falls within the hour that comes twice
    "965950f5",  # a day without data
}
SUMMER_TIME_ENDS = datetime(2016, 10, 29)  # the night after: every meter sends one stamp twice


@pytest.mark.skipif(not FILE.exists(), reason=f"the DAIAD readings are not at {FILE}")
def test_the_silences_of_real_meters_each_become_one_finding_and_one_ticket(tmp_path: Path) -> None:
    path = cut(tmp_path / "readings.csv", meters=METERS, since=SUMMER_TIME_ENDS, days=3)
    report = run(path, tmp_path / "home", LILONG_DEMO_SCALE="small")
    told = json.dumps(report, ensure_ascii=False, indent=1)
    assert [kind["replay"] for kind in report["kinds"].values()] == [5, 0, 1, 4], told
    for kind in report["kinds"].values():
        assert (kind["only_replay"], kind["only_findings"]) == ([], []), told
        assert (kind["same"], kind["tickets_of_withdrawn"]) == (kind["replay"], 0), told
    assert report["kinds"]["silence"]["tickets_each"] == {1: 5}, told
    assert report["kinds"]["no_data"]["tickets_each"] == {0: 1}, told
    assert sum(n for _, reason, n in report["aside"] if reason == "duplicate") == report["stamps_repeated"] == 8, told
    assert report["failures"] == []
    assert report["verify"]["ok"], told
