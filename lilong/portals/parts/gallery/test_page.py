"""The gallery holds every component that the stylesheet of components knows, and nothing of the installation's data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from lilong.kernel.access.viewer import ANONYMOUS, Viewer
from lilong.portals.parts.gallery.page import gallery

SHEET = Path(__file__).resolve().parents[2] / "static" / "parts" / "parts.css"
# Of the frame, of what a script puts in, and of what the browser draws by itself.
ELSEWHERE = {
    "brand", "mark", "menu", "panel", "segments", "toasts", "box", "drawer", "htmx-request", "error",
}  # fmt: skip


def drawn() -> str:
    request = RequestFactory().get("/gallery")
    request.viewer = Viewer(by="account:1", account_id=1, name="施丽", roles=frozenset({"operations"}))
    request.session = {}
    return gallery(request).content.decode()


def test_every_component_of_the_stylesheet_is_shown() -> None:
    components = SHEET.read_text(encoding="utf-8").split("@layer comp {", 1)[1].split("@layer util {", 1)[0]
    known = {name for rule in re.findall(r"([^{}]+)\{", components) for name in re.findall(r"\.([a-z][\w-]*)", rule)}
    shown = {name for names in re.findall(r'class="([^"]*)"', drawn()) for name in names.split()}

    assert len(known) > 40
    assert known - shown - ELSEWHERE == set()


def test_a_stranger_is_led_to_the_door() -> None:
    request = RequestFactory().get("/gallery")
    request.viewer = ANONYMOUS

    assert gallery(request).status_code == 302


@pytest.mark.parametrize("role", ["auditor", "admin", "wall"])
def test_it_is_for_those_who_work_at_a_desk(role: str) -> None:
    request = RequestFactory().get("/gallery")
    request.viewer = Viewer(by="account:1", account_id=1, roles=frozenset({role}))

    with pytest.raises(PermissionDenied):
        gallery(request)
