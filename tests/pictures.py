"""Takes the pictures of the README from the running product: `make pictures`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browsing import chromium
from tests.house.tracked import ROOT
from tests.installation import installed
from tests.test_water_trip import HERO, sign_in

PICTURES = ROOT / "docs" / "pictures"


def take() -> None:
    """The desk with the hero's ticket open, and the brain with its pins, as they stand some minutes after a start."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, installed(Path(folder) / "home") as there:
        hero = there.ask(HERO)
        with chromium(there.address) as browser:
            with browser.page(width=1440, height=900) as desk:
                sign_in(desk, "juwei1")
                row = desk.locator(".tickets .line", has_text=hero["building"]).filter(has_text="几乎未用水")
                expect(row).to_be_visible(timeout=120_000)
                row.locator("a.open").click()
                expect(desk.locator("#drawer #ticket-title")).to_be_visible()
                time.sleep(1)
                desk.screenshot(path=PICTURES / "desk.png")
            with browser.page(width=1600, height=900) as brain:
                sign_in(brain, "zhongxin")
                brain.goto("/brain")
                expect(brain.locator(".event").first).to_be_visible(timeout=60_000)
                time.sleep(8)
                brain.screenshot(path=PICTURES / "brain.jpg", type="jpeg", quality=82)


if __name__ == "__main__":
    take()
    sys.stdout.write(f"{PICTURES}: {', '.join(sorted(p.name for p in PICTURES.iterdir()))}\n")
