"""The append log: what it said is safe is there afterwards, whatever end it came to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.kernel.sensing import log as logs
from lilong.kernel.sensing.log import Log, LogBusy, read, segments
from lilong.kernel.sensing.records import SIZE, Records, check, sealed, sound

NOON = 1_767_268_800_000_000  # 2026-01-01 12:00 UTC


def some(count: int, first: int = 0, received: int = NOON) -> Records:
    return sealed([(7, 0, NOON + k, k + 0.5, received) for k in range(first, first + count)])


def times(folder: Path, start: int = 0) -> list[int]:
    return [int(t) - NOON for _, piece in read(folder, start) for t in piece["time"]]


def test_a_record_has_32_bytes_and_its_check_is_the_published_one() -> None:
    assert SIZE == 32
    # CRC-16/CCITT-FALSE of "123456789" is 0x29B1: the same steps over nine of the record's bytes
    assert int(check(sealed([(0, 0, 0, 0.0, 0)]))[0]) != 0
    crc = np.full(1, 0xFFFF, dtype=np.uint16)
    from lilong.kernel.sensing.records import _TABLE

    for byte in b"123456789":
        crc = (crc << 8) ^ _TABLE[(crc >> 8) ^ np.uint16(byte)]
    assert int(crc[0]) == 0x29B1


def test_what_was_appended_is_read_back_from_any_position(tmp_path: Path) -> None:
    log = Log(tmp_path)
    assert [log.append(some(3)), log.append(some(2, 3))] == [3, 5]
    log.sync()
    assert times(tmp_path) == [0, 1, 2, 3, 4]
    assert times(tmp_path, 3) == [3, 4]
    log.close()
    again = Log(tmp_path)
    assert (again.end, again.mended) == (5, "")


def test_only_one_process_writes(tmp_path: Path) -> None:
    log = Log(tmp_path)
    with pytest.raises(LogBusy):
        Log(tmp_path)
    log.close()
    Log(tmp_path).close()


@settings(deadline=None)  # busy machines
@given(torn=st.binary(min_size=1, max_size=100))
def test_a_torn_end_is_cut_off_and_said_and_the_rest_stays(
    tmp_path_factory: pytest.TempPathFactory, torn: bytes
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = Log(folder)
    log.append(some(4))
    log.close()
    with segments(folder)[0].open("ab") as file:
        file.write(torn)
    again = Log(folder)
    assert f"{len(torn)} bytes" in again.mended
    again.append(some(1, 4))
    again.close()
    assert times(folder) == [0, 1, 2, 3, 4]


def test_zeros_that_a_power_cut_left_are_no_readings(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append(some(2))
    log.close()
    with segments(tmp_path)[0].open("ab") as file:
        file.write(bytes(10 * SIZE))
    assert times(tmp_path) == [0, 1]
    assert Log(tmp_path).end == 2


def test_damage_in_the_middle_takes_only_the_damaged_record(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append(some(5))
    log.close()
    with segments(tmp_path)[0].open("r+b") as file:
        file.seek(2 * SIZE + 9)
        file.write(b"\xff")
    again = Log(tmp_path)
    assert (again.end, times(tmp_path)) == (5, [0, 1, 3, 4])


def test_files_are_cut_by_size_and_by_day_and_old_ones_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "SEGMENT", 4)
    log = Log(tmp_path)
    day = timedelta(days=1) // timedelta(microseconds=1)
    for k in range(3):
        log.append(some(3, 3 * k))
    log.append(some(1, 9, received=NOON + 2 * day))
    log.sync()
    assert [path.stem.lstrip("0") or "0" for path in segments(tmp_path)] == ["0", "6", "9"]
    assert times(tmp_path) == list(range(10))
    assert len(log.forget(datetime(2026, 1, 2, tzinfo=UTC))) == 2
    assert times(tmp_path) == [9]
    assert len(log.forget(datetime(2030, 1, 1, tzinfo=UTC))) == 0, "the file being written stays"
    log.close()
    assert Log(tmp_path).end == 10


def test_every_byte_of_a_record_is_under_its_check() -> None:
    whole = some(1)
    for at in range(SIZE):
        data = bytearray(whole.tobytes())
        data[at] ^= 0x40
        assert not sound(np.frombuffer(bytes(data), dtype=whole.dtype))[0], f"byte {at}"


def test_the_log_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    log = Log(tmp_path / "readings")
    log.append(some(1))
    assert oct(segments(tmp_path / "readings")[0].stat().st_mode & 0o777) == "0o600"
