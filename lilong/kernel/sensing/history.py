"""Readings of the past, straight from the log: for charts and back-tests, beside the process that writes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .findings import to_us
from .log import received_since
from .payload import AHEAD
from .records import RECORD, sound

Ints = npt.NDArray[np.int64]


def of(home: Path, stream_ids: Collection[int], since: datetime) -> Iterator[tuple[int, Ints, Ints, Ints]]:
    """Stream, times, values and when they were received, for each stream that has readings since then, by stream.

    Times in microseconds, rising, each once (the first received counts), values in thousandths of the unit.
    """
    wanted, first = np.array(sorted(stream_ids), dtype=np.int32), to_us(since)
    found = [np.empty(0, dtype=RECORD)]
    # a device's clock may run ahead of ours by so much, so a reading may be younger than its receipt
    for records in received_since(home / "readings", since - AHEAD):
        chosen = np.array(records[np.isin(records["stream"], wanted) & (records["time"] >= first)])
        found.append(chosen[sound(chosen)])
    every = np.concatenate(found)
    every = every[np.lexsort((every["time"], every["stream"]))]  # stable: of equal times the first received is first
    streams, begins, counts = np.unique(every["stream"], return_index=True, return_counts=True)
    for stream, begin, end in zip(streams.tolist(), begins, begins + counts, strict=True):
        times, place = np.unique(every["time"][begin:end], return_index=True)
        ours = every[begin:end][place]
        yield (
            stream,
            times.astype(np.int64),
            np.rint(ours["value"] * 1000).astype(np.int64),
            ours["received"].astype(np.int64),
        )
