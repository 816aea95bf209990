"""A watch run over files: the real meters of the DAIAD trials, and files as people send them."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from pathlib import Path

import pytest

from lilong.kernel.sensing.readings_file import BadRow, Mapping
from lilong.kernel.sensing.replay import Episode, WatchParams, read_mapping, replay

REPOSITORY = Path(__file__).resolve().parents[4]
DAIAD = REPOSITORY.parent / "shared" / "data" / "water" / "daiad_half.csv.gz"
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PLAIN = Mapping()
DAY = WatchParams.from_toml({"silence": {"for": "24h", "under": "0"}, "no_data": "24h"})


def told(path: Path, mapping: Mapping = PLAIN, params: WatchParams = DAY) -> tuple[list[Episode], list[BadRow]]:
    bad: list[BadRow] = []
    return list(replay(path, mapping, params, bad=bad.append)), bad


@pytest.mark.skipif(not DAIAD.exists(), reason=f"the DAIAD readings are not at {DAIAD}")
def test_the_real_meters_have_558_silences_220_gaps_and_141_falls() -> None:
    found, bad = told(DAIAD, read_mapping(SAMPLES / "daiad.map.toml"))
    assert Counter(e.kind for e in found) == {"silence": 558, "no_data": 220, "meter_reset": 141}
    assert len({e.stream for e in found if e.kind == "silence"}) == 26
    assert all(e.start.tzinfo is None for e in found)
    assert bad == []


def csv(folder: Path, *lines: str, name: str = "readings.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def quiet_day(clock: str = "2026-01-01T{:02}:00:00+08:00", stream: str = "m1") -> list[str]:
    hours = [clock.format(h) for h in range(24)] + [clock.replace("01-01", "01-02").format(0)]
    return [f"{stream},{time},512.5" for time in hours]


def test_a_plain_file_needs_no_mapping(tmp_path: Path) -> None:
    found, bad = told(csv(tmp_path, "stream,time,value", *quiet_day()))
    assert [e.as_json() for e in found] == [
        {
            "kind": "silence",
            "stream": "m1",
            "start": "2025-12-31T16:00:00+00:00",
            "end": "2026-01-01T16:00:00+00:00",
            "hours": 24.0,
        }
    ]
    assert bad == []


def test_rows_that_cannot_be_used_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    rows = quiet_day()
    rows[3:3] = [
        "m1,yesterday,3",
        "m1,2026-01-01T02:30:00+08:00,lots",
        "m1",
        "m1,2026-01-01T02:30:00,512.5",
        "m1,2026-01-01T02:31:00+08:00,-1",
    ]
    found, bad = told(csv(tmp_path, "stream,time,value", *rows))
    assert [(e.kind, e.hours) for e in found] == [("silence", 24)]
    assert [b.line for b in bad] == [5, 6, 7, 8, 9]
    for row, word in zip(bad, ["yesterday", "lots", "1 cells", "offset", "-1"], strict=True):
        assert word in row.reason


def test_order_in_the_file_does_not_matter_and_of_two_at_one_time_the_first_counts(tmp_path: Path) -> None:
    rows = quiet_day()
    shuffled = [*rows[12:], rows[5].replace("512.5", "512.5"), *rows[:12], rows[5].replace("512.5", "600")]
    found, _ = told(csv(tmp_path, "stream,time,value", *shuffled))
    assert [(e.kind, e.hours) for e in found] == [("silence", 24)]


def test_a_utility_s_own_layout_is_mapped(tmp_path: Path) -> None:
    rows = [f"{r.split(',')[1]};m1;0.5125" for r in quiet_day("2026-01-01 {:02}:00")]
    path = csv(tmp_path, "抄表时间;表号;累计读数(m³)", *rows, name="表.csv")
    path.write_bytes(gzip.compress(path.read_text(encoding="utf-8").encode("gb18030")))
    mapping = csv(
        tmp_path,
        'delimiter = ";"',
        'encoding = "gb18030"',
        'time = "%Y-%m-%d %H:%M"',
        'zone = "Asia/Shanghai"',
        'unit = "m³"',
        "[columns]",
        'stream = "表号"',
        'time = "抄表时间"',
        'value = "累计读数(m³)"',
        name="map.toml",
    )
    found, bad = told(path, read_mapping(mapping))
    assert [(e.kind, e.start.isoformat()) for e in found] == [("silence", "2025-12-31T16:00:00+00:00")]
    assert bad == []


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no column 'stream'; it has meter, time, value"):
        told(csv(tmp_path, "meter,time,value", "m1,2026-01-01,3"))


@pytest.mark.parametrize(
    ("line", "said"),
    [('unit = "gallon"', "unit"), ('colunms = "x"', "colunms"), ('zone = "Mars"', "zone"), ("unit =", "line 1")],
)
def test_a_mapping_that_cannot_be_used_is_named_by_its_key(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_mapping(csv(tmp_path, line, name="map.toml"))


def test_a_file_cut_short_gives_what_it_held_and_says_where_it_ends(tmp_path: Path) -> None:
    noise = random.Random(3)
    others = [f"m2,2026-01-01T00:00:{s:02}.{noise.randrange(10**6):06}+08:00,{s}" for s in range(60) for _ in range(50)]
    whole = gzip.compress("\n".join(["stream,time,value", *quiet_day(), *others]).encode())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    found, bad = told(path)
    assert [(e.kind, e.stream) for e in found if e.kind == "silence"] == [("silence", "m1")]
    assert "any further" in bad[-1].reason
