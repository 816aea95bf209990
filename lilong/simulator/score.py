"""Compares findings with the truth: of what was there, how much was found; of what was found, how much was there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

KINDS = ("silence", "excess", "no_data", "meter_reset")
SLACK = timedelta(hours=3)
"""How far the edges of a finding may lie from those of the truth: readings an hour apart, signs of life before both."""

Row = Mapping[str, Any]


@dataclass
class Score:
    """The score of one kind. `pending`: true, and not to be known yet from what has been delivered."""

    kind: str
    expected: int = 0
    found: int = 0
    pending: int = 0
    findings: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float | None:
        return self.found / self.expected if self.expected else None

    @property
    def precision(self) -> float | None:
        return self.right / self.findings if self.findings else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"recall": self.recall, "precision": self.precision}


def score(truth: Iterable[Row], findings: Iterable[Row], until: datetime) -> list[Score]:
    """One score for each kind. `findings`: kind, device (or stream), start, end, state; withdrawn ones count nowhere.

    A finding is right when something of its kind was true of its meter then, whether or not it had to be found.
    """
    once = {(line["kind"], line["device"], line["start"]): line for line in truth}
    kept = [finding for finding in findings if finding.get("state") != "withdrawn"]
    scores = {kind: Score(kind) for kind in KINDS}
    for line in once.values():
        if not line["expect"]:
            continue
        mine = scores[line["expect"]]
        if any(finding["kind"] == line["expect"] and _same(line, finding) for finding in kept):
            mine.expected, mine.found = mine.expected + 1, mine.found + 1
        elif datetime.fromisoformat(line["due"]) > until:
            mine.pending += 1
        else:
            mine.expected += 1
            mine.missed.append(f"{line['device']} {line['name']} {line['start']}")
    for finding in kept:
        mine = scores[finding["kind"]]
        mine.findings += 1
        if any(line["allow"] == finding["kind"] and _same(line, finding) for line in once.values()):
            mine.right += 1
        else:
            mine.wrong.append(f"{device_of(finding)} {finding['start']}")
    return list(scores.values())


def device_of(finding: Row) -> str:
    """The meter's code: `device`, or the part of `stream` before a stroke."""
    return str(finding.get("device") or str(finding["stream"]).split("/")[0])


def _same(line: Row, finding: Row) -> bool:
    if device_of(finding) != line["device"]:
        return False
    start, end = (datetime.fromisoformat(line[edge]) for edge in ("start", "end"))
    begins, ends = (datetime.fromisoformat(finding[edge]) for edge in ("start", "end"))
    return begins <= end + SLACK and ends >= start - SLACK


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
