"""The entries of the navigation: each portal's `urls.py` may offer its own in `NAV`, so no list is edited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

PORTALS = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Entry:
    """One line of the navigation: shown to viewers who may do `verb`, in the order of `order`."""

    href: str
    label: Any  # a lazy translation
    icon: str  # a symbol of the icon sprite
    verb: str
    order: int = 50
    group: Any = ""  # a lazy translation; entries of one group stand together under it


@cache
def offered() -> tuple[Entry, ...]:
    """All entries of all portals, in order."""
    modules = [import_module(f"lilong.portals.{u.parent.name}.urls") for u in sorted(PORTALS.glob("*/urls.py"))]
    return tuple(sorted((e for m in modules for e in getattr(m, "NAV", ())), key=lambda e: (e.order, e.href)))


def entries(viewer: Any) -> tuple[Entry, ...]:
    """The entries this viewer may follow; none for somebody who has not signed in."""
    if viewer is None or not viewer.roles:
        return ()
    return tuple(entry for entry in offered() if viewer.may(entry.verb))
