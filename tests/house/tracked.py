"""The files of the project as git knows them; the house rules look at these."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def is_test(path: Path) -> bool:
    """Whether a module is a test: the names of its functions say what it is for."""
    return path.name.startswith(("test_", "conftest")) or "tests" in path.parts[len(ROOT.parts) + 1 :]


@cache
def files(*suffixes: str) -> list[Path]:
    """Files git tracks or would, with one of the suffixes (none given: all), without vendored ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [p for p in paths if p.is_file() and "vendor" not in p.parts and (not suffixes or p.suffix in suffixes)]
