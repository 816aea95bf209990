"""Writes down what was planted and injected, day by day, and what an honest detector has to find because of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from lilong.kit.clock import SHANGHAI

from ..water import PER_DAY, QUARTER
from .deliveries import Deliveries, Fault
from .happenings import HOUR, Happening

NAME = "truth-live.jsonl"
FINDS = {"silent": "silence", "burst": "excess", "offline": "no_data", "swap": "meter_reset"}
"""The kind of finding that each kind of happening must lead to at the home of somebody who is watched over."""


def tell(folder: Path, deliveries: Deliveries, days: range) -> None:
    """Append the truth of some days to the file in `folder`. Lines repeat after a crash; the score counts them once."""
    with (folder / NAME).open("a", encoding="utf-8") as out:
        for day in days:
            for line in lines(deliveries, day, first=day == days.start and day < 0):
                out.write(json.dumps(line, ensure_ascii=False) + "\n")


def lines(deliveries: Deliveries, day: int, *, first: bool = False) -> Iterator[dict[str, Any]]:
    """What begins on a day; with `first`, also what began before it, and whose clock is wrong."""
    begins = deliveries.network.midnight(day)
    if first:
        ever = (float(begins * QUARTER), float((begins + 1000 * PER_DAY) * QUARTER))
        for meter in deliveries.network.meters:
            if minutes := deliveries.skew(meter) // 60:
                yield _fault(Fault("skew", meter.code, *ever, f"{minutes} minutes"))
    for happening in deliveries.happenings.through(day):
        if (begins <= happening.start or first) and happening.start < begins + PER_DAY:
            yield _happening(happening)
    for fault in deliveries.day(day).faults:
        yield _fault(fault)


def _happening(one: Happening) -> dict[str, Any]:
    expect = FINDS[one.kind] if one.meter.lone and not one.told else ""
    return {
        "name": one.name,
        "kind": one.kind,
        "device": one.meter.code,
        "home": one.meter.home,
        "lone": one.meter.lone,
        "start": _iso(one.start * QUARTER),
        "end": _iso(one.end * QUARTER),
        "litres": one.litres,
        "drip_day": one.drip_day,
        "told": one.told,
        "expect": expect,
        "allow": FINDS[one.kind],
        "due": _iso(_due(one)) if expect else "",
    }


def _due(one: Happening) -> float:
    """When the reading that shows it has surely arrived, in seconds since the epoch."""
    shown = one.start + {"silent": 24 * HOUR + 1, "burst": 2 * HOUR + 1, "swap": HOUR}.get(one.kind, 0)
    if one.meter.live:
        # a silent meter is missed by the clock after a day
        return float((one.start + 25 * HOUR if one.kind == "offline" else shown + HOUR) * QUARTER)
    if one.kind == "offline":
        shown = one.end  # a nightly meter's gap is certain when it speaks again
    local = shown * QUARTER + 8 * 3600  # the batch that holds it arrives before a quarter to eight next morning
    taken_on = (local - 5 * 3600 - 1) // 86400 + 1
    return float(taken_on * 86400 - 8 * 3600 + 7 * 3600 + 45 * 60)


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "name": fault.kind,
        "kind": fault.kind,
        "device": fault.device,
        "start": _iso(fault.start),
        "end": _iso(fault.end),
        "note": fault.note,
        "expect": "",
        "allow": "no_data" if fault.kind == "late" else "",
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, SHANGHAI).isoformat()
