"""What a scenario's own rule is given and what it answers, where a decision cannot be declared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Finding:
    """An episode in the readings of one home: ids and measures, no names. Times are aware, UTC."""

    id: int
    kind: str  # silence | excess | no_data | meter_reset
    person_id: int | None
    home_id: int
    start: datetime
    end: datetime
    hours: float
    litres: float
    data_as_of: datetime
    past: bool = False  # the data in hand show that it is over already


@dataclass(frozen=True)
class Decision:
    """What is to become of a finding: a ticket of some urgency (urgent, watch, normal), or none."""

    ticket: bool = True
    urgency: str = "normal"
