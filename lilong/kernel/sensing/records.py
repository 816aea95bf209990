"""One reading as the log keeps it: 32 bytes, of which two are a check of the other thirty."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

RECORD = np.dtype(
    [
        ("stream", "<i4"),
        ("flags", "<u2"),
        ("crc", "<u2"),
        ("time", "<i8"),  # microseconds since 1970 UTC
        ("value", "<f8"),  # in the stream's unit
        ("received", "<i8"),  # microseconds since 1970 UTC, by the installation's clock
    ]
)
SIZE = RECORD.itemsize
LATE = 1  # past the lateness when it came: kept, and changes nothing
_CRC_AT = (6, 7)
_POLYNOMIAL = 0x1021  # CRC-16/CCITT-FALSE: start 0xFFFF, so that a block of zeros is no record

Records = npt.NDArray[Any]


def _table() -> npt.NDArray[np.uint16]:
    table = np.arange(256, dtype=np.uint32) << 8
    for _ in range(8):
        table = np.where(table & 0x8000, (table << 1) ^ _POLYNOMIAL, table << 1) & 0xFFFF
    return table.astype(np.uint16)


_TABLE = _table()
_COLUMNS = [at for at in range(SIZE) if at not in _CRC_AT]


def check(records: Records) -> npt.NDArray[np.uint16]:
    """The check of every record over its other 30 bytes."""
    data = np.ascontiguousarray(records).view(np.uint8).reshape(-1, SIZE)
    crc = np.full(len(data), 0xFFFF, dtype=np.uint16)
    for at in _COLUMNS:
        crc = (crc << 8) ^ _TABLE[(crc >> 8) ^ data[:, at]]
    return crc


def sealed(rows: list[tuple[int, int, int, float, int]]) -> Records:
    """Records of (stream, flags, time, value, received), each with its check."""
    records = np.zeros(len(rows), dtype=RECORD)
    if rows:
        for name, column in zip(("stream", "flags", "time", "value", "received"), zip(*rows, strict=True), strict=True):
            records[name] = column
        records["crc"] = check(records)
    return records


def sound(records: Records) -> npt.NDArray[np.bool_]:
    """Which records are as they were written."""
    same: npt.NDArray[np.bool_] = check(records) == records["crc"]
    return same
