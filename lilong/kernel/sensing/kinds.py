"""What is known of each kind of stream: its unit and how late its readings may come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class StreamKind:
    """The unit of a kind's values, and the age against the stream's newest reading at which one still counts."""

    unit: str
    lateness: timedelta = timedelta(hours=2)


KINDS = {
    # Batches of utilities come one to three days late; DESIGN §1, row sensing.
    "water_volume": StreamKind("L", timedelta(hours=72)),
}
USUAL_STEP_S = {"live": 900, "nightly": 3600}
"""Seconds between readings of a device that was delivered without them."""


def of(kind: str) -> StreamKind:
    """What is known of a kind; one nobody has described counts in its own unit, two hours late at the most."""
    return KINDS.get(kind, StreamKind(""))


def delivery_span(delivery: str) -> timedelta:
    """How long after its time a reading may still be on its way although all is well."""
    return DAY if delivery == "nightly" else timedelta(0)
