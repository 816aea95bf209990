"""The accessibility checker is the one its makers published, and no page can load it."""

import base64
import hashlib
from pathlib import Path

HERE = Path(__file__).parent
PUBLISHED = "xt1SFg49QaDwsyt0Xfs2XAyBtYPClXl3X2q5OOLeGAUmq9jZTYIMdztpF99WdhiH"


def test_axe_is_unaltered_and_keeps_its_licence() -> None:
    digest = hashlib.sha384((HERE / "axe.min.js").read_bytes()).digest()

    assert base64.b64encode(digest).decode() == PUBLISHED
    assert (HERE / "LICENSE").read_text().startswith("Mozilla Public License, version 2.0")


def test_no_page_can_load_it() -> None:
    static = HERE.parents[1] / "lilong" / "portals" / "static"

    assert [str(path) for path in static.rglob("*axe*")] == []
