"""Spans of time and volumes as people write them in a scenario: `24h`, `15m`, `10 L`, `2 m³`."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LITRES = {"l": 1.0, "m3": 1000.0, "m³": 1000.0}
_NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
_SPAN = re.compile(rf"{_NUMBER}\s*(?P<unit>[smhd])", re.ASCII)
_VOLUME = re.compile(rf"{_NUMBER}\s*(?P<unit>[lL]|m3|m³)?")


def parse_span(text: str) -> timedelta:
    """`90s`, `15m`, `24h`, `2.5d` as a timedelta of whole seconds or more.

    Raises ValueError with the text and what was expected, also for a span of no length.
    """
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no span of time; write a number and s, m, h or d, such as 24h")
    try:
        span = timedelta(seconds=float(found["number"]) * _SECONDS[found["unit"]])
    except OverflowError:
        raise ValueError(f"{text!r} is longer than any span can be") from None
    if not span:
        raise ValueError(f"{text!r} is no span of time: it has no length")
    return span


def parse_volume(text: str) -> float:
    """`10 L`, `0.5m3`, `2 m³` in litres; only zero needs no unit. Raises ValueError with what was expected."""
    found = _VOLUME.fullmatch(text.strip())
    if not found or (found["unit"] is None and float(found["number"]) > 0):
        raise ValueError(f"{text!r} is no volume; write a number and L or m³, such as 10 L")
    return float(found["number"]) * _LITRES[(found["unit"] or "L").lower()]


def show_span(span: timedelta) -> str:
    """The shortest text that `parse_span` reads back as the same span: `24h`, `90m`, `3d` from 72 hours on."""
    seconds = span.total_seconds()
    for unit, size, least in (("d", 86400, 3 * 86400), ("h", 3600, 3600), ("m", 60, 60)):
        if seconds >= least and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"
