"""The whole water story in a real browser: an elder's meter stops, somebody is sent, it ends, and it can be proved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import Browser, browser_test, chromium
from tests.installation import Installation, installed

PACE = 120.0  # her silence is a day old at 06:20, half an hour of the subdistrict after the start
HERO = """
import json
from django.conf import settings
from lilong.kernel.places import queries as places
story = next(s for s in json.loads((settings.LILONG_HOME / "demo" / "truth.json").read_text())["stories"]
             if s["name"] == "hero")
home = places.by_code(story["home"])
answer = {"building": places.label(home, upto="building"), "home": places.label(home, upto="home")}
"""


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in")
    page.locator(f'button[name=demo][value="{who}"]').click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.mark.browser
@browser_test
def test_from_the_meter_that_stops_to_the_proof_that_somebody_went(tmp_path: Path) -> None:
    with installed(tmp_path / "home", rate=PACE, LILONG_DEMO_SCALE="small") as there:
        hero = there.ask(HERO)
        with chromium(there.address) as browser:
            _watched_by_two(browser, hero)
        assert browser.complaints == []
        _proved(there)


def _watched_by_two(browser: Browser, hero: dict[str, str]) -> None:
    with browser.page(width=1600, height=900) as brain, browser.page() as desk:
        sign_in(brain, "daping")
        brain.goto("/brain?tier=flat")
        expect(brain.locator(".event").first).to_be_visible(timeout=90_000)
        wall = brain.content()
        sign_in(desk, "juwei1")
        row = desk.locator(".tickets .line", has_text=hero["building"]).filter(has_text="几乎未用水")
        expect(row).to_be_visible(timeout=90_000)
        assert hero["home"] not in wall
        assert hero["home"] not in desk.content()
        row.locator("a.open").click()
        ticket = desk.locator("#ticket")
        expect(ticket.get_by_text("数据截至")).to_be_visible()
        ticket.get_by_role("button", name="接单，由我处置").click()
        expect(ticket).to_contain_text("在我手上")
        ticket.locator("summary", has_text="没人应门").click()
        ticket.locator("button[name=step][value=family]").click()
        expect(ticket.locator(".chain .done")).to_have_count(1)
        ticket.locator("summary", has_text="看过了：办结").click()
        ticket.locator("#close input[value=safe_at_home]").check()
        ticket.locator("#close button.primary").click()
        expect(ticket.locator(".settled")).to_contain_text("在家平安")
        expect(brain.locator(".chain")).to_contain_text("办结", timeout=20_000)


def _proved(there: Installation) -> None:
    told = there.ask("""
from lilong.kernel.journal import queries as journal
from lilong.kernel.tickets.models import Ticket
ticket = Ticket.objects.get(state="closed")
facts = journal.about(("ticket", ticket.pk), limit=50)
answer = {"outcome": ticket.outcome, "facts": sorted({f.kind for f in facts}), "by": sorted({f.by for f in facts})}
""")
    assert told["outcome"] == "safe_at_home"
    assert {"ticket.opened", "ticket.accepted", "ticket.step", "ticket.closed"} <= set(told["facts"])
    assert "scenario:elder_water_silence" in told["by"]
    assert any(by.startswith("account:") for by in told["by"])
    assert there.stop() == 0
    verified = there.lilong("verify", "--json")
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout.splitlines()[-1])["ok"] is True
