"""Keeps the detectors' state with the log's position, so that a start reads seconds of the log and not all of it."""

from __future__ import annotations

import asyncio
import json
import os
import zlib
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from lilong.analysis.detectors import Detector, Thresholds
from lilong.analysis.folding import Ints

from .keeper import Keeper
from .tracks import Track, Watched

VERSION: Final = 1
BREATH: Final = 100  # tracks


@dataclass(frozen=True, repr=False)  # asyncio would write out millions of numbers
class Snapshot:
    """A keeper's state at one position, apart from the keeper, so that another thread may write it."""

    head: dict[str, Any]
    numbers: list[Ints]

    def save(self, path: Path) -> None:
        """Write it in the place of the one before; a crash leaves one of the two whole."""
        body = np.concatenate([np.empty(0, dtype=np.int64), *self.numbers]).tobytes()
        head = json.dumps(self.head).encode()
        data = b"%d %d %d\n%b%b" % (len(head), len(body), zlib.crc32(body, zlib.crc32(head)), head, body)
        part = path.with_name(path.name + ".part")
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
            os.fsync(file)
        finally:
            os.close(file)
        part.replace(path)


async def snapshot(keeper: Keeper, heard: int) -> Snapshot:
    """The keeper's state. `heard`: the installation's clock now, in microseconds.

    Lets the loop run in between: whoever calls it is the only one who changes tracks.
    """
    numbers: list[Ints] = []
    tracks = []
    for count, (stream_id, track) in enumerate(keeper.tracks.items()):
        if count % BREATH == 0:
            await asyncio.sleep(0)
        times, values = track.readings()
        numbers += [times, values]
        watches = []
        for slug, watch in track.watches.items():
            dumped = watch.settled.dump()
            numbers.append(dumped)
            watches.append([slug, watch.look_from, watch.known_from, watch.numbers.array().tolist(), len(dumped)])
        tracks.append([stream_id, track.lateness, len(times), track.settled, track.trimmed, track.received, watches])
    head = {
        "version": VERSION,
        "position": keeper.position,
        "listening_since": keeper.listening_since,
        "heard": heard,
        "tracks": tracks,
    }
    return Snapshot(head, numbers)


def load(path: Path, end: int) -> tuple[Keeper, int] | None:
    """The keeper saved in `path` and when it last heard, or None where there is none that fits a log ending at `end`.

    Raises ValueError when the file is not what was written.
    """
    if not path.exists():
        return None
    head_line, _, rest = path.read_bytes().partition(b"\n")
    try:
        head_size, body_size, check = map(int, head_line.split())
        if len(rest) != head_size + body_size or zlib.crc32(rest) != check:
            raise ValueError("it is cut short or damaged")
        head = json.loads(rest[:head_size])
        if head["version"] != VERSION or head["position"] > end:
            return None
        return _keeper(head, np.frombuffer(rest, dtype=np.int64, offset=head_size)), head["heard"]
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _keeper(head: dict[str, Any], numbers: Ints) -> Keeper:
    keeper, at = Keeper(position=head["position"], listening_since=head["listening_since"]), 0

    def part(count: int) -> Ints:
        nonlocal at
        at += count
        return numbers[at - count : at]

    for stream_id, lateness, count, settled, trimmed, received, watches in head["tracks"]:
        track = Track(lateness)
        track.restore(array("q", part(count).tobytes()), array("q", part(count).tobytes()), settled, trimmed, received)
        for slug, look_from, known_from, thresholds, size in watches:
            chosen = _thresholds(thresholds)
            detector = Detector.load(chosen, part(size))
            track.watches[slug] = Watched(chosen, look_from, detector, detector.copy(), known_from, folded=settled)
        keeper.tracks[stream_id] = track
    return keeper


def _thresholds(numbers: list[int]) -> Thresholds:
    silence_for, silence_under, max_step, no_data, *rules = numbers
    return Thresholds(silence_for, silence_under, max_step, no_data, tuple(zip(rules[::2], rules[1::2], strict=True)))
