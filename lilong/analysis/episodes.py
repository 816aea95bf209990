"""What a detector reports of one series of readings, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("silence", "excess", "no_data", "meter_reset")


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch of one series. Times in microseconds since 1970 UTC, values in thousandths of the stream's unit.

    An episode that is not `ended` may grow with the next reading. `rule`: which excess rule spoke first.
    """

    kind: str
    start: int
    end: int
    start_value: int
    end_value: int
    ended: bool
    rule: int = 0

    @property
    def hours(self) -> float:
        """Its length in hours."""
        return (self.end - self.start) / 3_600_000_000

    @property
    def used(self) -> float | None:
        """What flowed in it, in the stream's unit; None for a meter reset, whose counter says nothing of use."""
        return None if self.kind == "meter_reset" else (self.end_value - self.start_value) / 1000
