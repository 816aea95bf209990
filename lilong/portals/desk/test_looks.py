"""How the desk looks, in numbers: nobody kept out, nothing over the edge of a phone, large print that is large."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from lilong.portals.desk.conftest import still
from lilong.portals.parts.context import ELDER_COOKIE, THEME_COOKIE
from tests.browsing import browser_test, overflow, violations

pytestmark = [pytest.mark.browser, browser_test, pytest.mark.django_db(transaction=True)]

PAGES = ["/desk", "/desk/rules", "/desk/devices", "/gallery"]
ALSO = ["/desk?show=closed", "/desk?q=x", "/desk/reads"]  # the same components again: looked at in one look
LOOKS = {
    "light": {},
    "dark": {THEME_COOKIE: "dark"},
    "elder": {ELDER_COOKIE: "1"},
    "english": {django_settings.LANGUAGE_COOKIE_NAME: "en"},
}
SMALL_TEXTS = """least => [...document.querySelectorAll("body *")].filter(element =>
  element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
  && parseFloat(getComputedStyle(element).fontSize) < least).map(element => element.outerHTML.slice(0, 90))"""
PRESSED = "main :is(button, .button, select, .input, .choice, summary, .stat)"
SMALL_TARGETS = """([least, pressed]) => [...document.querySelectorAll(pressed)]
  .filter(element => element.checkVisibility() && element.getBoundingClientRect().height < least)
  .map(element => element.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_keeps_anybody_out(desk, worker, work, look) -> None:
    cookies = worker.cookies | LOOKS[look]
    found = {}
    with desk.page(cookies=cookies) as page:
        page.emulate_media(reduced_motion="reduce")  # a colour on its way is no colour to judge
        also = [*ALSO, *(f"/desk/tickets/{ident}" for ident in work.values())] if look == "light" else []
        for path in [*PAGES, *also]:
            page.goto(still(path))
            found[path] = violations(page)
        page.goto(still("/desk"))
        page.click(f"#open-{work['mine']}")
        expect(page.locator("#drawer #ticket-title")).to_be_visible()
        page.evaluate("document.querySelectorAll('#drawer details').forEach(fold => { fold.open = true })")
        found["drawer, all open"] = violations(page)
        page.keyboard.press("Escape")
        page.locator(".menu > summary").click()
        page.keyboard.press("?")
        found["help"] = violations(page)
        page.goto(still("/desk/rules"))
        page.locator("button[value=try]").first.click()
        expect(page.locator(".trial .versus")).to_be_visible()
        found["trial"] = violations(page)
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("look", ["elder", "english"])
def test_at_the_door_on_a_phone_nothing_hangs_over_the_edge(desk, worker, work, look) -> None:
    wide = {}
    with desk.page(width=360, height=740, cookies=worker.cookies | LOOKS[look]) as page:
        for path in [*PAGES, *ALSO, f"/desk/tickets/{work['mine']}", f"/desk/tickets/{work['waiting']}"]:
            page.goto(still(path))
            wide[path] = overflow(page)
        page.goto(still("/desk"))
        page.click(f"#open-{work['mine']}")
        expect(page.locator("#drawer #ticket-title")).to_be_visible()
        wide["drawer"] = overflow(page)
    assert {path: by for path, by in wide.items() if by > 0} == {}


def test_large_print_is_large_and_everything_can_be_pressed(desk, worker, work) -> None:
    texts, targets = {}, {}
    for look, least in (("light", 28), ("elder", 44)):
        with desk.page(cookies=worker.cookies | LOOKS[look]) as page:
            for path in [*PAGES, f"/desk/tickets/{work['mine']}"]:
                page.goto(still(path))
                page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
                small = page.evaluate(SMALL_TARGETS, [least, PRESSED])
                targets |= {f"{look} {path}": small} if small else {}
                if look == "elder":
                    small = page.evaluate(SMALL_TEXTS, 20)
                    texts |= {path: small} if small else {}
    assert texts == {}
    assert targets == {}
