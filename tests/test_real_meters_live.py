"""Real meters, published as if live: each silence that a replay tells becomes one finding and one ticket."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lilong.kit.clock import SHANGHAI
from tests.real_meters import FILE, Episode, compared, cut, run

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
    assert report["stamps_repeated"] == 8
    assert report["aside"] == {"duplicate": 8}, told
    assert report["failures"] == []
    assert report["verify"]["ok"], told


def test_the_comparison_names_what_only_one_of_the_two_has_and_every_ticket_too_many() -> None:
    midnight, dawn, noon = (datetime(2016, 10, 29, hour) for hour in (0, 6, 12))
    told = {"silence": [Episode("a", midnight, noon), Episode("b", midnight, noon), Episode("c", midnight, noon)]}
    half_past = datetime(2016, 10, 29, 11, 30)

    def row(number: int, code: str, state: str, end: datetime) -> list[object]:
        moments = [(t.replace(tzinfo=SHANGHAI) + timedelta(days=1)).timestamp() for t in (midnight, end)]
        return [number, code, "silence", state, *moments]

    rows = [  # what goes on may be behind by half an hour, what is over may not; the third was never there
        row(1, "A", "open", half_past),
        row(2, "B", "cleared", half_past),
        row(3, "D", "cleared", dawn),
        row(4, "C", "withdrawn", noon),
    ]
    kept = {"findings": rows, "tickets": [1, 1, 2, 4]}
    kinds = dict(compared(told, kept, {"A": "a", "B": "b", "C": "c", "D": "d"}, 86_400.0))
    assert kinds["silence"] == {
        "replay": 3,
        "meters": 3,
        "same": 1,
        "findings": {"open": 1, "cleared": 2, "withdrawn": 1},
        "only_replay": [f"b {midnight} … {noon}", f"c {midnight} … {noon}"],
        "only_findings": [f"b {midnight} … {half_past}", f"d {midnight} … {dawn}"],
        "not_yet_told": [f"a {midnight} … {noon}"],
        "tickets_each": {2: 1, 1: 1, 0: 1},
        "tickets_of_withdrawn": 1,
    }
