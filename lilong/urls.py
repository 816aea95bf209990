"""Every portal's and gateway's own addresses, found by walking; adding a page or protocol edits no list."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).resolve().parent

urlpatterns = [
    pattern
    for floor in ("portals", "gateways")
    for found in sorted((_HERE / floor).glob("*/urls.py"))
    for pattern in import_module(f"lilong.{floor}.{found.parent.name}.urls").urlpatterns
]

handler403 = "lilong.portals.entrance.errors.page.denied"
handler404 = "lilong.portals.entrance.errors.page.missing"
handler500 = "lilong.portals.entrance.errors.page.broken"
