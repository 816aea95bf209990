"""The demonstration subdistrict: made by the simulator as files, delivered like anybody's, and kept in its own home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from lilong.kit.clock import SHANGHAI, Clock

RATE = 60.0  # one minute of the subdistrict a second: a visitor sees the story within two minutes
START = (5, 50)  # Shanghai time of day: just before the nightly meters hand over
SEED = 7
FILES = (
    ("tree", "tree.csv"),
    ("buildings", "buildings.geojson"),
    ("homes", "homes.csv"),
    ("people", "people.csv"),
    ("contacts", "contacts.csv"),
    ("devices", "devices.csv"),
    ("accounts", "accounts.csv"),
)
"""What the simulator hands over, in the order in which one stands on the other."""

Say = Callable[[str, float], None]  # what is being done, and the part done so far (0 … 1)


def marker(home: Path) -> Path:
    """The file that says this home holds the demonstration, and whether it is complete."""
    return home / "demo.json"


def complete(home: Path) -> bool:
    """Whether the demonstration was made to its end."""
    return marker(home).exists() and json.loads(marker(home).read_text()).get("complete", False)


def begin(home: Path) -> None:
    """Mark the home as the demonstration's and set its clock; doing it again after an interruption keeps the day."""
    if marker(home).exists():
        return
    scale = os.environ.get("LILONG_DEMO_SCALE", "demo")  # a scale of the simulator's scales.toml
    today = datetime.now(SHANGHAI).replace(hour=START[0], minute=START[1], second=0, microsecond=0)
    Clock(time.time(), today.timestamp(), 1.0).save(home / "clock.json")
    marker(home).write_text(json.dumps({"complete": False, "start": today.isoformat(), "seed": SEED, "scale": scale}))


def make(home: Path, say: Say) -> dict[str, int]:
    """Write the files, deliver them, settle the scenarios. Returns rows refused by kind. Needs Django set up."""
    from lilong.kernel.engine import actions as engine
    from lilong.kernel.journal import sealer
    from lilong.kernel.lake import actions as lake

    told = json.loads(marker(home).read_text())
    start = datetime.fromisoformat(told["start"])
    files = home / "demo"
    say("生成澄湾街道（虚构）", 0.0)
    subprocess.run(  # noqa: S603 - our own module by our own interpreter
        [sys.executable, "-m", "lilong.simulator", "write", "--out", str(files), "--seed", str(told["seed"]),
         "--scale", told["scale"], "--start", start.isoformat()],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    refused: dict[str, int] = {}
    for done, (kind, name) in enumerate(FILES):
        say(f"导入 {name}", (1 + done) / (len(FILES) + 2))
        delivery = lake.deliver(kind, files / name, by="system:demonstration", at=start)
        refused[kind] = delivery.refused
    say("绑定守护场景", (1 + len(FILES)) / (len(FILES) + 2))
    sealer.seal_all()
    _absences(files, start)
    engine.settle(at=start)
    _duty_hours(start)
    _gateway_token(home, files, start)
    marker(home).write_text(json.dumps({**told, "complete": True}))
    say("就绪", 1.0)
    return refused


def wake(home: Path, rate: float) -> None:
    """Let the clock run on from where the demonstration stopped; it stands still while nothing runs."""
    path = home / "clock.json"
    last = home / "run" / "clock.last"
    kept = Clock(**json.loads(path.read_text()))
    base = float(last.read_text()) if last.exists() else kept.base
    Clock(base_real=time.time(), base=base, rate=rate).save(path)


def remember(home: Path) -> None:
    """Keep the installation's time, so that it can stand still after a stop, even an unclean one."""
    kept = Clock(**json.loads((home / "clock.json").read_text()))
    part = home / "run" / "clock.last.part"
    part.write_text(repr(kept.now().timestamp()))
    part.replace(home / "run" / "clock.last")


def _absences(files: Path, at: datetime) -> None:
    """What families told the committee before the first day, as the simulator's stories have it."""
    from lilong.kernel.places import queries as places
    from lilong.kernel.registry import actions as registry
    from lilong.kernel.registry import queries as people

    midnight = at.replace(hour=0, minute=0)
    for story in json.loads((files / "truth.json").read_text(encoding="utf-8"))["stories"]:
        home = places.by_code(story["home"]) if story["told"] else None
        if home is None:
            continue
        for person in people.living_in([home], at).get(home, ()):
            since, until = (midnight + timedelta(hours=story[end]) for end in ("start", "end"))
            registry.set_absence(
                person_id=person, home_id=home, since=since, until=until, by="system:demonstration", at=at
            )


def _duty_hours(at: datetime) -> None:
    """The demonstration's committees keep a duty desk from 06:00 to 22:00 every day (assumed)."""
    from datetime import time as time_of_day

    from lilong.kernel.access.viewer import SYSTEM
    from lilong.kernel.places import queries as places
    from lilong.kernel.tickets import actions as tickets

    hours = [(day, time_of_day(6), time_of_day(22)) for day in range(7)]
    for committee in places.of_kind(SYSTEM, "committee"):
        tickets.set_shifts(committee.path, hours, by="system:demonstration", at=at)


def _gateway_token(home: Path, files: Path, at: datetime) -> None:
    """Give the simulator's gateway its token, in a file only its owner can read."""
    import csv

    from lilong.kernel.registry import actions as registry

    with (files / "devices.csv").open(encoding="utf-8-sig", newline="") as lines:
        code = next(row["设备编码"] for row in csv.DictReader(lines) if row["类型"] == "gateway")
    token = registry.issue_tokens([code], by="system:demonstration", at=at)[code]
    path = home / "keys" / "gateway.json"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump({"code": code, "token": token}, out)
