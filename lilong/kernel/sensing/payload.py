"""Reads what a device sends, over whatever protocol: the good readings, and each other one with the reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from . import aside
from .aside import Aside
from .findings import EPOCH
from .roster import Roster, Sender

BODY_LIMIT: Final = 1 << 20  # bytes of one message
ITEMS_LIMIT: Final = 20_000  # readings in one message
AHEAD: Final = timedelta(minutes=10)  # a device's clock may be that fast
FIRST_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
LARGEST: Final = 1e12  # its thousandths are still exact
MICROSECOND: Final = timedelta(microseconds=1)


class Malformed(ValueError):
    """The message as a whole cannot be read; the words say why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading that may enter: its place in the message, its device and stream, microseconds, value in the unit."""

    index: int
    device: str
    sender: Sender
    time: int
    value: float


def read(body: bytes, form: str, device: str, roster: Roster, now: datetime) -> tuple[list[Reading], list[Aside]]:
    """The readings in one message of a device that has proved who it is.

    `form` is json (an object or an array of them) or csv (header time,value and stream or device where needed).
    Raises Malformed.
    """
    items = _items(body, form)
    readings: list[Reading] = []
    others: list[Aside] = []
    limit = now + AHEAD
    for index, item in enumerate(items):
        found = _reading(index, item, device, roster, limit)
        if isinstance(found, Reading):
            readings.append(found)
        else:
            raw = json.dumps(item, ensure_ascii=False, default=str)
            others.append(Aside(_whose(item, device, roster), index, found, raw))
    return readings, others


def _items(body: bytes, form: str) -> list[Any]:
    try:
        if form == "csv":
            items = list(_csv(body.decode("utf-8-sig")))
        else:
            found = json.loads(body)
            items = found if isinstance(found, list) else [found]
    except (ValueError, RecursionError, csv.Error) as error:
        raise Malformed(f"not {form.upper()}: {error}") from error
    if len(items) > ITEMS_LIMIT:
        raise Malformed(f"{len(items)} readings in one message; {ITEMS_LIMIT} at the most")
    return items


def _csv(text: str) -> Iterator[Mapping[str, object]]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if missing := {"time", "value"} - set(rows.fieldnames or ()):
        raise ValueError(f"the header lacks {', '.join(sorted(missing))}")
    for row in rows:
        cells: dict[str, object] = {str(key): cell for key, cell in row.items() if cell}
        try:
            cells["value"] = float(str(cells.get("value")))
        except ValueError:
            cells["value"] = str(cells.get("value"))
        yield cells


def _whose(item: Any, device: str, roster: Roster) -> str:
    """The device that an item is counted under: the one it names, if it is known, or else the one that sent it."""
    named = item.get("device") if isinstance(item, dict) else None
    return named if isinstance(named, str) and named in roster.codes else device


def _reading(index: int, item: Any, device: str, roster: Roster, limit: datetime) -> Reading | str:
    """The reading, or the reason why it is none."""
    if not isinstance(item, dict):
        return aside.MALFORMED
    code = item.get("device", device)
    kind = item.get("stream") or roster.only_kind.get(code if isinstance(code, str) else "")
    text, value = item.get("time"), item.get("value")
    if not isinstance(code, str) or not isinstance(text, str) or not isinstance(kind, str | None) or value is None:
        return aside.MALFORMED
    sender = roster.senders.get((code, kind or ""))
    if sender is None:
        return aside.UNKNOWN_STREAM if code in roster.codes else aside.UNKNOWN_DEVICE
    if code != device and sender.parent != device:
        return aside.FOREIGN_CHILD
    if reason := _bad_value(value):
        return reason
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return aside.MALFORMED
    if moment.tzinfo is None:
        return aside.MALFORMED
    if moment > limit:
        return aside.FUTURE
    if moment < FIRST_TIME:
        return aside.CLOCK_UNSET
    return Reading(index, code, sender, (moment - EPOCH) // MICROSECOND, float(value))


def _bad_value(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return aside.NOT_A_NUMBER
    if value < 0:
        return aside.NEGATIVE
    return aside.OUT_OF_RANGE if value > LARGEST else ""
