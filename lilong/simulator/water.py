"""How a home uses water: pure functions of seed, home and time, on quarter hours, for any number of homes at once.

Time is counted in quarters: seconds since the epoch divided by 900. All arithmetic is in whole numbers, so the same
seed gives the same litres on every machine. Random bits are splitmix64 (Steele, Lea, Flood 2014) of home and quarter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
import numpy.typing as npt

from lilong.kit.clock import SHANGHAI

from .parameters import number, value

QUARTER = 900  # seconds
PER_DAY = 96
ZONE = 8 * 4  # quarters that Shanghai is ahead of UTC
RHYTHMS = ("elder", "family", "worker", "vacant")

# Quarters of the local day in which a home surely uses water once: those who work get up later and come home late.
_MORNING = {"elder": (22, 29), "family": (24, 31), "worker": (26, 31), "vacant": (0, 0)}
_EVENING = {"elder": (72, 81), "family": (72, 83), "worker": (78, 86), "vacant": (0, 0)}

Litres = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Household:
    """The habits of one home. Litres a day when people are there; a drip a day and a leak an hour, always."""

    key: int
    rhythm: str
    litres_day: int
    drip_day: int = 0
    leak_hour: int = 0


@dataclass(frozen=True)
class Event:
    """What breaks the habits of one home, from quarter `start` to before `end`.

    kind: silent (nobody uses water; its first quarter holds the last use), burst (`litres` more, evenly).
    """

    key: int
    kind: str
    start: int
    end: int
    litres: int = 0
    drip_day: int = 0


def key_of(home: str) -> int:
    """A number of 63 bits for a home's code, the same on every machine."""
    return int.from_bytes(hashlib.sha256(home.encode()).digest()[:8], "big") >> 1


def quarter(at: datetime) -> int:
    """The quarter in which an aware time lies."""
    return int(at.timestamp()) // QUARTER


def midnight(at: datetime) -> int:
    """The first quarter of the Shanghai day in which an aware time lies."""
    local = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return quarter(local)


def used(seed: int, homes: Sequence[Household], first: int, last: int, events: Sequence[Event] = ()) -> Litres:
    """Litres used in each quarter from `first` to before `last`: an array of homes × quarters.

    Drips and leaks are left out: they run always and are added by `counter`.
    """
    quarters = np.arange(first, last, dtype=np.int64)
    keys = np.array([home.key for home in homes], dtype=np.uint64)
    bits = _mixed(keys[:, None] ^ _mixed(quarters.astype(np.uint64) + np.uint64(seed))[None, :])
    chance, sizes = _habits(homes, quarters)
    size = sizes[(bits >> np.uint64(16)) % np.uint64(len(sizes))]
    taken = np.where((bits & np.uint64(0xFFFF)).astype(np.int64) < chance, size, 0)
    taken += _signs_of_life(seed, homes, keys, quarters)
    place = {home.key: at for at, home in enumerate(homes)}
    for event in events:
        if event.key in place and event.start < last and event.end > first:
            _apply(event, taken[place[event.key]], first, last)
    return taken


def counter(
    seed: int, home: Household, since: int, quarters: Sequence[int], *, shown: int = 0, events: Sequence[Event] = ()
) -> list[int]:
    """What the meter of a home shows at the beginning of each quarter (ascending), having shown `shown` at `since`."""
    if not quarters:
        return []
    total = np.concatenate([[0], np.cumsum(used(seed, [home], since, max(quarters), events)[0])])
    at = np.array(quarters, dtype=np.int64)
    return [int(litres) for litres in shown + total[at - since] + standing([home], since, at, events)[0]]


def history(
    seed: int, home: Household, start: datetime, end: datetime, *, every: int = 4, events: Sequence[Event] = ()
) -> list[tuple[datetime, int]]:
    """Readings (time, cumulative litres from 0) of a home every `every` quarters, from `start` to `end` included."""
    quarters = list(range(quarter(start), quarter(end) + 1, every))
    litres = counter(seed, home, quarters[0], quarters, events=events) if quarters else []
    times = (datetime.fromtimestamp(at * QUARTER, start.tzinfo) for at in quarters)
    return list(zip(times, litres, strict=True))


def standing(homes: Sequence[Household], since: int, quarters: Litres, events: Sequence[Event] = ()) -> Litres:
    """Litres that dripped and leaked from `since` to each quarter: homes × quarters, whole litres as on a dial."""
    passed = quarters - since
    drips = np.array([home.drip_day for home in homes], dtype=np.int64)[:, None]
    leaks = np.array([home.leak_hour for home in homes], dtype=np.int64)[:, None]
    thousandths = drips * 1000 * passed // PER_DAY + leaks * 250 * passed
    place = {home.key: at for at, home in enumerate(homes)}
    for event in events:
        if event.drip_day and event.key in place:
            span = np.clip(quarters, event.start, event.end) - max(since, event.start)
            thousandths[place[event.key]] += event.drip_day * 1000 * np.maximum(0, span) // PER_DAY
    return thousandths // 1000


def _mixed(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finaliser of splitmix64: every bit of the input changes half of the output."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@cache
def _hours() -> tuple[npt.NDArray[np.int64], Litres]:
    """Shares of a day by rhythm, weekend and hour in millionths, and the ten sizes of one use in litres."""
    rows = []
    for rhythm in RHYTHMS:
        week = [0.0] * 24 if rhythm == "vacant" else value(f"water.hours.{rhythm}")
        rest = week if rhythm in {"elder", "vacant"} else value("water.hours.weekend")
        rows += [[round(1_000_000 * hour / (sum(day) or 1)) for hour in day] for day in (week, rest)]
    return np.array(rows, dtype=np.int64).reshape(len(RHYTHMS), 2, 24), np.array(value("water.quarter_sizes"))


def _habits(homes: Sequence[Household], quarters: Litres) -> tuple[Litres, Litres]:
    """Of 65,536 chances those in which a quarter brings a use, for homes × quarters; and the sizes of a use."""
    shares, sizes = _hours()
    local = quarters + ZONE
    hour = (local % PER_DAY) // 4
    weekend = ((local // PER_DAY + 3) % 7 >= 5).astype(np.int64)  # 1 January 1970 was a Thursday
    rhythm = np.array([RHYTHMS.index(home.rhythm) for home in homes])
    certain = 2 * int(number("water.sign_of_life")) + 9
    litres = np.array([max(0, home.litres_day - certain) for home in homes], dtype=np.int64)
    millionths = shares[rhythm[:, None], weekend[None, :], hour[None, :]] * litres[:, None] // 4
    return np.minimum(62_000, millionths * 65_536 * 10 // (int(sizes.sum()) * 1_000_000)), sizes


def _signs_of_life(seed: int, homes: Sequence[Household], keys: npt.NDArray[np.uint64], quarters: Litres) -> Litres:
    """The one use in the morning and the one in the evening without which no day of a home with people passes."""
    local = quarters + ZONE
    within, days = local % PER_DAY, (local // PER_DAY).astype(np.uint64)
    least = int(number("water.sign_of_life"))
    lived_in = np.array([home.rhythm != "vacant" for home in homes])
    found = np.zeros((len(homes), len(quarters)), dtype=np.int64)
    for salt, windows in ((1, _MORNING), (2, _EVENING)):
        low = np.array([windows[home.rhythm][0] for home in homes], dtype=np.int64)
        wide = np.array([windows[home.rhythm][1] - windows[home.rhythm][0] + 1 for home in homes], dtype=np.int64)
        bits = _mixed(keys[:, None] ^ _mixed(days * np.uint64(4) + np.uint64(salt + seed * 16))[None, :])
        when = low[:, None] + (bits >> np.uint64(33)).astype(np.int64) % wide[:, None]
        litres = least + (bits & np.uint64(7)).astype(np.int64)
        found += np.where((within[None, :] == when) & lived_in[:, None], litres, 0)
    return found


def _apply(event: Event, row: Litres, first: int, last: int) -> None:
    start, end = max(event.start, first) - first, min(event.end, last) - first
    if event.kind == "silent":
        row[start:end] = 0
        if event.start >= first:
            row[start] = int(number("water.sign_of_life"))
    elif event.kind == "burst":
        length = event.end - event.start
        parts = [event.litres * (at + 1) // length - event.litres * at // length for at in range(length)]
        row[start:end] += np.array(parts[start + first - event.start : end + first - event.start], dtype=np.int64)
