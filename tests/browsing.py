"""Debian's chromium, driven: a page in any language, theme and width, what axe says of it, what its policy refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).with_name("axe") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SWITCHES = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]

browser_test = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs Debian's chromium at {CHROMIUM}")


class Browser:
    """Opens pages of one address; every error and warning of their console is kept in `complaints`."""

    def __init__(self, chromium: Any, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.complaints: list[str] = []

    def _hear(self, page: Page, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"{page.url}: {said.text}")

    @contextmanager
    def page(
        self,
        *,
        width: int = 1280,
        height: int = 800,
        script: bool = True,
        cookies: dict[str, str] | None = None,
        dark: bool = False,
    ) -> Iterator[Page]:
        """A page of a fresh visitor with these cookies."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            base_url=self.address,
            locale="zh-CN",
        )
        context.add_cookies([{"name": n, "value": v, "url": self.address} for n, v in (cookies or {}).items()])
        page = context.new_page()
        page.on("console", lambda said: self._hear(page, said))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        try:
            yield page
        finally:
            context.close()


@contextmanager
def chromium(address: str) -> Iterator[Browser]:
    """One browser for a test. Ask the database before or after it, not inside: its event loop holds the thread."""
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        try:
            yield Browser(running, address)
        finally:
            running.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, one line each; axe is put in past the page's own policy."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    return [f"{v['id']}: {node['html']}" for v in found["violations"] for node in v["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
