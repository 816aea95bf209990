"""The real meters of the DAIAD trials on homes of the demonstration: what a replay tells of them, and what came live.

`python -m tests.real_meters [--meters N] [--days N]` publishes the file to an installation of its own and prints both.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from lilong.kernel.sensing import readings_file
from lilong.kernel.sensing.reconciling import GROWTH
from lilong.kit.clock import SHANGHAI
from tests.house.tracked import ROOT
from tests.installation import Installation, installed
from tests.live_pace import RUN_UP, Reading, publish

FILE: Final = ROOT.parent / "shared" / "data" / "water" / "daiad_half.csv.gz"
MAP: Final = ROOT / "lilong" / "kernel" / "sensing" / "samples" / "daiad.map.toml"
FIRST_DAY: Final = datetime(2016, 3, 1)  # of the file, on its own wall clock
DAY: Final = 86_400.0
HOUR: Final = timedelta(hours=1)

WATCHED = """
import time
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.engine import actions, queries as engine
from lilong.kernel.sensing import queries as sensing
from lilong.kit import clock
watch = "elder_water_silence"
for row in engine.numbers(SYSTEM, watch):
    if row.key == "silence.under":
        actions.set_number(
            watch, row.key, "0 L", place_id=row.place_id, why="these meters count whole litres", viewer=SYSTEM,
            at=clock.now(),
        )
end = time.monotonic() + 60
while {p["silence"]["under"] for p in sensing.bound_params(watch).values()} != {"0 L"}:
    assert time.monotonic() < end, "the worker has not bound the homes again"
    time.sleep(0.1)
from lilong.kernel.sensing.models import Binding
bound = Binding.objects.filter(watch=watch, until=None, quiet_until=None)
codes = bound.order_by("-stream__delivery", "stream__device_code").values_list("stream__device_code", flat=True)
answer = {"codes": list(codes), "now": clock.now().timestamp()}
"""
KEPT = """
from datetime import UTC, datetime
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.engine import queries as engine
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.tickets.models import Ticket
rows = sensing.findings(SYSTEM, watch="elder_water_silence", count=1_000_000)
codes = {s.id: s.device_code for s in sensing.streams({r.stream_id for r in rows}).values()}
answer = {
    "findings": [
        [r.id, codes[r.stream_id], r.kind, r.state, r.start.timestamp(), r.end.timestamp()] for r in rows
    ],
    "tickets": list(Ticket.objects.exclude(finding_id=None).values_list("finding_id", flat=True)),
    "aside": sensing.aside_counts(datetime(2000, 1, 1, tzinfo=UTC)),
    "failures": [f.error for f in engine.failures()],
}
"""


@dataclass(frozen=True, order=True)
class Episode:
    """One episode of one meter, its times on the file's wall clock; `going_on`: its finding is open."""

    meter: str
    start: datetime
    end: datetime
    going_on: bool = False

    def is_told_as(self, finding: Episode) -> bool:
        """Whether a finding is this episode. One that goes on may be behind by what is not worth telling yet."""
        untold = self.end - finding.end
        worth_telling = max(HOUR, (finding.end - finding.start) / GROWTH)
        same = untold == timedelta(0) or (finding.going_on and timedelta(0) < untold < worth_telling)
        return same and (self.meter, self.start) == (finding.meter, finding.start)

    def __str__(self) -> str:
        return f"{self.meter} {self.start} … {self.end}{' (open)' if self.going_on else ''}"


def cut(into: Path, *, meters: Collection[str] = (), since: datetime = FIRST_DAY, days: int = 0) -> Path:
    """Those rows of the file, as they stand there; no meters named and 0 days: all of them."""
    mapping = readings_file.read_mapping(MAP)
    until_then = since + timedelta(days=days) if days else datetime.max
    with gzip.open(FILE, "rt", newline="") as source, into.open("w", newline="") as target:
        rows = csv.DictReader(source, delimiter=mapping.delimiter)
        kept = csv.DictWriter(target, list(rows.fieldnames or ()), delimiter=mapping.delimiter)
        kept.writeheader()
        for row in rows:
            if meters and row[mapping.columns.stream] not in meters:
                continue
            if since <= datetime.strptime(row[mapping.columns.time], mapping.time) < until_then:
                kept.writerow(row)
    return into


def series(path: Path) -> dict[str, readings_file.Series]:
    """The file's readings by meter, their wall clock taken as Shanghai's."""
    bad: list[readings_file.BadRow] = []
    mapping = readings_file.read_mapping(MAP).model_copy(update={"zone": "Asia/Shanghai"})
    found = readings_file.read(path, mapping, bad.append).series
    assert not bad, bad
    return found


def replayed(there: Installation, path: Path) -> dict[str, list[Episode]]:
    """What `lilong watch replay` tells of the file, by kind."""
    numbers = ("--set", "silence.under=0", "--set", "no_data=24h")
    done = there.lilong("watch", "replay", "elder_water_silence", str(path), "--map", str(MAP), *numbers, "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, list[Episode]] = {}
    for line in map(json.loads, done.stdout.splitlines()):
        start, end = (datetime.fromisoformat(line[name]) for name in ("start", "end"))
        told.setdefault(line["kind"], []).append(Episode(line["stream"], start, end))
    return told


def run(path: Path, home: Path, **environment: str) -> dict[str, Any]:
    """Publish the file's readings to an installation made in `home`, as if live, and compare with their replay.

    They come so many whole days later that the installation's clock need not go back.
    """
    meters = series(path)
    first = min(min(s.times) for s in meters.values()) / 1e6
    with installed(home, rate=1.0, sensors=False, **environment) as there:
        watched = there.ask(WATCHED)
        assert len(watched["codes"]) >= len(meters), f"only {len(watched['codes'])} homes are watched"
        codes = dict(zip(meters, watched["codes"], strict=False))
        told = replayed(there, path)
        later = DAY * ((watched["now"] + RUN_UP - first) // DAY + 1)
        readings = [
            Reading(codes[meter], time / 1e6 + later, value / 1000)
            for meter, of_meter in meters.items()
            for time, value in zip(of_meter.times, of_meter.values, strict=True)
        ]
        readings.sort(key=lambda r: r.time)  # stable: of several at one time the first in the file goes first
        seconds = publish(there, readings)
        kept = there.ask(KEPT)
        verified = json.loads(there.lilong("verify", "--json").stdout)
        assert there.stop() == 0
    aside: Counter[str] = Counter()
    for _, reason, n in kept["aside"]:
        aside[reason] += n
    return {
        "meters": len(meters),
        "readings": len(readings),
        "days": round((readings[-1].time - readings[0].time) / DAY, 1),
        "days_later": round(later / DAY),
        "seconds": round(seconds, 1),
        "readings_per_second": round(len(readings) / seconds),
        "stamps_repeated": sum(len(s.times) - len(set(s.times)) for s in meters.values()),
        "aside": dict(aside),
        "kinds": dict(compared(told, kept, {code: meter for meter, code in codes.items()}, later)),
        "failures": kept["failures"],
        "verify": verified,
    }


def compared(
    told: Mapping[str, list[Episode]], kept: Mapping[str, Any], meters: Mapping[str, str], later: float
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind by kind: what the replay tells, the findings of it, what only one of the two has, and the tickets."""
    tickets = Counter(kept["tickets"])
    for kind in ("silence", "excess", "no_data", "meter_reset"):
        ours = [row for row in kept["findings"] if row[2] == kind and row[1] in meters]
        standing = {
            number: Episode(meters[code], _wall(start - later), _wall(end - later), state == "open")
            for number, code, _, state, start, end in ours
            if state != "withdrawn"
        }
        episodes = {(e.meter, e.start): e for e in told.get(kind, ())}
        same = {
            number: episode
            for number, found in standing.items()
            if (episode := episodes.get((found.meter, found.start))) and episode.is_told_as(found)
        }
        yield (
            kind,
            {
                "replay": len(episodes),
                "meters": len({e.meter for e in episodes.values()}),
                "same": len(set(same.values())),
                "findings": dict(Counter(row[3] for row in ours)),
                "only_replay": sorted(map(str, set(episodes.values()) - set(same.values()))),
                "only_findings": sorted(str(found) for number, found in standing.items() if number not in same),
                "not_yet_told": sorted(str(e) for number, e in same.items() if e.end != standing[number].end),
                "tickets_each": dict(Counter(tickets[number] for number in standing)),
                "tickets_of_withdrawn": sum(tickets[row[0]] for row in ours if row[3] == "withdrawn"),
            },
        )


def _wall(at: float) -> datetime:
    """The file's wall clock; it counts in whole seconds, and the end by the installation's clock does not."""
    return datetime.fromtimestamp(round(at, 3), SHANGHAI).replace(tzinfo=None)


def main() -> None:
    """Run it on the file or on its beginning, and print the report."""
    words = argparse.ArgumentParser(prog="python -m tests.real_meters")
    words.add_argument("--meters", type=int, default=0, help="the first so many meters (default: all)")
    words.add_argument("--days", type=int, default=0, help="the first so many days (default: all)")
    words.add_argument("--home", type=Path, help="a new folder for the installation, kept afterwards")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="real-meters-") as folder:
        path = FILE
        if asked.meters or asked.days:
            first = list(series(FILE))[: asked.meters or None]
            path = cut(Path(folder) / "readings.csv", meters=first, days=asked.days)
        report = run(path, asked.home or Path(folder) / "home")
    json.dump(report, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
