"""How far the feed has come, kept beside the installation so that a restart goes on where it stopped."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass
class State:
    """`began`: the installation's time when it first met the simulator; its day is day 0 of the stories.

    `delivered`: everything that arrives up to this time (seconds since the epoch) is delivered. `told`: the last day
    whose truth is written.
    """

    folder: Path
    began: datetime
    delivered: float
    told: int

    def save(self) -> None:
        kept = asdict(self) | {"folder": str(self.folder), "began": self.began.isoformat()}
        part = path_of(self.folder).with_suffix(".part")
        part.write_text(json.dumps(kept))
        part.replace(path_of(self.folder))


def path_of(folder: Path) -> Path:
    return folder / "state.json"


def folder_of(home: Path) -> Path:
    """Where an installation's simulator keeps its state and its truth."""
    return home / "simulator"


def load(folder: Path) -> State | None:
    """The state kept in `folder`, or None when there is none."""
    try:
        kept = json.loads(path_of(folder).read_text())
    except FileNotFoundError:
        return None
    return State(folder, datetime.fromisoformat(kept["began"]), kept["delivered"], kept["told"])
