"""The desk's addresses and its lines in the navigation, gathered from its page folders; adding a page edits no list."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from lilong.portals.parts.nav import Entry

_PAGES = [
    import_module(f"lilong.portals.desk.{found.parent.name}.page")
    for found in sorted(Path(__file__).resolve().parent.glob("*/page.py"))
]

urlpatterns = [pattern for page in _PAGES for pattern in page.urlpatterns]
NAV: list[Entry] = [entry for page in _PAGES for entry in getattr(page, "NAV", ())]
