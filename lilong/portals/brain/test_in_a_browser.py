"""The brain in a real browser: a pin on a live event, readable by everybody, nothing refused, little on the wire."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page

from lilong.kernel.journal import sealer
from lilong.kit import clock
from lilong.portals.brain.conftest import Ground, grow
from tests.browsing import Browser, browser_test, chromium, overflow, violations

pytestmark = [pytest.mark.browser, browser_test, pytest.mark.django_db(transaction=True)]

MOST_ON_THE_WIRE = 1_000_000
SERVE = """
import sys
from lilong import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from lilong.asgi import application
import uvicorn
uvicorn.run(application, port=int(sys.argv[2]), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
"""


@pytest.fixture
def grown(transactional_db: None) -> Ground:
    return grow()


@pytest.fixture
def address(grown: Ground) -> Iterator[str]:
    """A real web process over the test database, in the demonstration's mode, so that its accounts may come in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-W", "ignore", "-c", SERVE, str(connection.settings_dict["NAME"]), str(port)]
    server = subprocess.Popen(words, env={**os.environ, "LILONG_DEMO": "1"})
    until(lambda: _answers(port), "the server")
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()


@pytest.fixture
def wall(grown: Ground, sign_in: Callable[..., Any], client: Any) -> dict[str, str]:
    """The cookies of a screen on the wall."""
    sign_in("wall", grown.paths["S"])
    return {"sessionid": client.cookies["sessionid"].value}


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def until(look: Callable[[], object], what: str, within: float = 60.0) -> None:
    end = time.monotonic() + within
    while not look():
        assert time.monotonic() < end, f"{what} does not come"
        time.sleep(0.05)


def meanwhile(do: Callable[[], object]) -> None:
    """Ask the database while a browser is open: in a thread of its own, whose connection is given back."""
    failed: list[BaseException] = []

    def both() -> None:
        try:
            do()
            sealer.seal_all()
        except BaseException as error:  # noqa: BLE001  told in the test's own thread
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=both)
    thread.start()
    thread.join()
    assert failed == []


@contextmanager
def brain(browser: Browser, path: str = "/brain?tier=lite", **look: Any) -> Iterator[Page]:
    """The page, drawn and connected."""
    with browser.page(**{"width": 1120, "height": 640, **look}) as page:
        page.goto(path)
        until(lambda: page.evaluate("document.body.dataset.ready") == "1", "the map")
        wanted = "still" if "still=1" in path else "live"
        until(lambda: page.evaluate("document.getElementById('link').dataset.link") == wanted, f"state {wanted}")
        yield page


def test_a_new_event_is_a_row_and_a_pin_within_moments_and_leads_the_way_there(grown, address, wall) -> None:
    with chromium(address) as browser, brain(browser, cookies=wall) as page:
        assert page.locator("#calm").is_visible()
        page.keyboard.press("Shift")  # somebody is there: the map does not move by itself
        meanwhile(lambda: grown.ticket("A8h3", at=clock.now()))
        until(lambda: page.locator(".event").count() == 1, "the event")
        until(lambda: page.locator(".pin.is-urgent").count() == 1, "the pin")
        until(lambda: page.locator("[data-key=open]").inner_text().split() == ["1", "未办结"], "the number")

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # over the head of the page to the list
        page.keyboard.press("Tab")
        assert page.locator(".event").evaluate("row => row === document.activeElement")
        page.keyboard.press("Enter")
        until(lambda: page.locator("#card").is_visible(), "the card")
        assert "澄湾新村第一微网格" in page.locator("#card").inner_text()
        until(lambda: in_the_middle(page), "the place in the middle of the map")
        page.keyboard.press("Escape")
        assert page.locator("#card").is_hidden()
        assert browser.complaints == []


def in_the_middle(page: Page) -> bool:
    box = page.locator(".pin").bounding_box()
    return box is not None and 400 < box["x"] < 720 and 100 < box["y"] < 500


def test_the_page_is_readable_in_both_languages_on_every_kind_of_screen(grown, address, wall) -> None:
    late = clock.now() - timedelta(hours=5)
    grown.ticket("A8h3", at=late)
    grown.ticket("B3h1", at=clock.now(), urgency="watch")
    looks = (
        ("lite", 480, {}),
        ("flat", 1366, {"django_language": "en"}),
    )
    with chromium(address) as browser:
        for tier, width, cookies in looks:
            with brain(browser, f"/brain?still=1&tier={tier}", width=width, cookies=wall | cookies) as page:
                assert page.locator(".event").count() == 2
                page.locator(".event").first.click()
                assert violations(page) == []
                assert overflow(page) <= 0
        assert browser.complaints == []


def test_little_travels_all_of_it_from_here_and_nothing_in_it_is_about_anybody(grown, address, wall) -> None:
    grown.ticket("A8h3", at=clock.now())
    bodies: dict[str, bytes] = {}
    with chromium(address) as browser, browser.page(cookies=wall, width=480, height=480) as page:
        page.on("requestfinished", lambda done: bodies.update({done.url: done.response().body()}))
        page.goto("/brain?still=1&tier=full")
        until(lambda: page.evaluate("document.body.dataset.ready") == "1", "the map")
        until(lambda: any(url.endswith("buildings.json") for url in bodies), "the ground")

    assert all(url.startswith((address, "data:")) for url in bodies)
    assert not any(url.startswith(f"{address}/brain/live") for url in bodies)
    assert sum(len(gzip.compress(body)) for body in bodies.values()) < MOST_ON_THE_WIRE
    told = json.dumps([body.decode() for url, body in bodies.items() if url.endswith(".json")], ensure_ascii=False)
    assert "澄湾新村第一微网格" in told
    assert not any(name in told for name in grown.people.values())
    assert "02室" not in told
