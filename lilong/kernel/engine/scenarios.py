"""Finds the scenario folders and reads them; adding a folder adds a scenario and edits no list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from lilong.kernel.engine.declaration import Declaration, DeclarationError, read

ROOT = Path(__file__).resolve().parents[2] / "scenarios"
RUNNING = ("live", "trial")


@dataclass(frozen=True)
class Declared:
    """One scenario: its folder's name and what the folder declares."""

    slug: str
    folder: Path
    declaration: Declaration

    @property
    def by(self) -> str:
        """How this scenario signs what it does."""
        return f"scenario:{self.slug}"

    @property
    def running(self) -> bool:
        """Whether it acts on people at all: drafts and retired ones do not."""
        return self.declaration.scenario.status in RUNNING

    def rule(self) -> Callable[..., Any] | None:
        """The folder's `decide` from rule.py, where a decision could not be declared."""
        if not (self.folder / "rule.py").is_file():
            return None
        decide = import_module(f"lilong.scenarios.{self.slug}.rule").decide
        return decide if callable(decide) else None


@cache
def every() -> dict[str, Declared]:
    """All scenarios by slug, sorted. Raises DeclarationError when a folder cannot be used."""
    return {path.parent.name: _declared(path.parent) for path in sorted(ROOT.glob("*/scenario.toml"))}


def get(slug: str) -> Declared:
    """One scenario. Raises DeclarationError that names those there are."""
    try:
        return every()[slug]
    except KeyError:
        names = ", ".join(every()) or "none"
        raise DeclarationError(f"{slug}: there is no such scenario (there are: {names})") from None


def _declared(folder: Path) -> Declared:
    return Declared(folder.name, folder, read(folder / "scenario.toml"))
