"""Each process says that it lives, in a small file under LILONG_HOME/run; pages and doctor read these."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


def beat(home: Path, name: str, **more: Any) -> None:
    """Write run/<name>.json, atomically: pid, real time (seconds since the epoch), and what the process adds."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.json.part"
    part.write_text(json.dumps({"process": name, "pid": os.getpid(), "real": time.time(), **more}))
    part.replace(folder / f"{name}.json")
