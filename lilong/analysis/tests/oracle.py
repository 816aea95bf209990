"""The detector again, slowly and in plain Python over whole lists: what the compiled one is checked against."""

from __future__ import annotations

from itertools import pairwise

from lilong.analysis.detectors import Thresholds
from lilong.analysis.episodes import KINDS, Episode

Readings = list[tuple[int, int]]


def oracle(numbers: Thresholds, readings: Readings) -> list[Episode]:
    """Every episode of one series of (time, value), by start."""
    found = _gaps(numbers, readings)
    restarts = _restarts(readings)
    found += [Episode("meter_reset", a[0], b[0], a[1], b[1], True) for a, b in pairwise(readings) if b[1] < a[1]]
    steps = {b[0] for a, b in pairwise(readings) if b[0] - a[0] > numbers.max_step}
    for segment in _cut(readings, restarts | steps):
        found += _silences(numbers, segment)
    for counted in _cut(readings, restarts):
        found += _excesses(numbers, counted)
    return sorted(found, key=lambda e: (e.start, KINDS.index(e.kind)))


def _gaps(numbers: Thresholds, readings: Readings) -> list[Episode]:
    gaps = [(a, b) for a, b in pairwise(readings) if numbers.no_data and b[0] - a[0] > numbers.no_data]
    return [Episode("no_data", a[0], b[0], a[1], b[1], True) for a, b in gaps]


def _restarts(readings: Readings) -> set[int]:
    """Times at which counting begins anew: falls, and steps straight back over the level before a fall."""
    times: set[int] = set()
    lost: int | None = None
    for (_, before), (time, value) in pairwise(readings):
        if value < before:
            times.add(time)
            lost = before if lost is None else max(lost, before)
        elif value > before:
            if lost is not None and value >= lost:
                times.add(time)
            lost = None
        elif lost is not None and value >= lost:
            times.add(time)
    return times


def _cut(readings: Readings, at: set[int]) -> list[Readings]:
    parts: list[Readings] = []
    for reading in readings:
        if not parts or reading[0] in at:
            parts.append([])
        parts[-1].append(reading)
    return parts


def _silences(numbers: Thresholds, segment: Readings) -> list[Episode]:
    def little(used: int) -> bool:
        return used == 0 or used < numbers.silence_under

    spans: list[list[int]] = []  # start, end, value at start, value at end
    going = False
    for k, (time, value) in enumerate(segment):
        old = [r for r in segment[: k + 1] if r[0] <= time - numbers.silence_for]
        held = bool(numbers.silence_for and old and little(value - old[-1][1]))
        if held and going:
            spans[-1][1], spans[-1][3] = time, value
        elif held:
            start = next(r for r in segment if little(value - r[1]))
            if spans and start[0] <= spans[-1][1]:
                spans[-1][1], spans[-1][3] = time, value
            else:
                spans.append([start[0], time, start[1], value])
        going = held
    return [Episode("silence", s, e, vs, ve, True) for s, e, vs, ve in spans]


def _excesses(numbers: Thresholds, counted: Readings) -> list[Episode]:
    spans: list[list[int]] = []  # start, end, value at start, value at end, rule
    going = False
    for k, (time, value) in enumerate(counted):
        bases = []
        for rule, (over, within) in enumerate(numbers.excess):
            base = next(r for r in counted[: k + 1] if r[0] >= time - within)
            if value - base[1] > over:
                bases.append(([r for r in counted[: k + 1] if r[1] == base[1]][-1], rule))
        if bases:
            start, first_rule = min(b for b, _ in bases), bases[0][1]
            if spans and (going or start[0] <= spans[-1][1]):
                spans[-1][0], spans[-1][2] = min((spans[-1][0], spans[-1][2]), start)
                spans[-1][1], spans[-1][3] = time, value
            else:
                spans.append([start[0], time, start[1], value, first_rule])
        going = bool(bases)
    return [Episode("excess", s, e, vs, ve, True, rule) for s, e, vs, ve, rule in spans]
