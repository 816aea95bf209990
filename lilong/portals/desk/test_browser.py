"""The desk in Debian's chromium: keys, focus, the drawer, a phone, no script; axe and the policy on every page."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connections
from playwright.sync_api import Page, expect

from lilong.kernel.engine import actions as engine
from lilong.kernel.tickets import actions as tickets
from lilong.portals.desk.conftest import NOW
from lilong.portals.parts.context import ELDER_COOKIE, THEME_COOKIE
from tests.browsing import browser_test, chromium, overflow, violations

pytestmark = [pytest.mark.browser, browser_test, pytest.mark.django_db(transaction=True)]

PAGES = ["/desk", "/desk/rules", "/desk/devices", "/gallery"]
ALSO = ["/desk?show=closed", "/desk?q=x", "/desk/reads"]  # the same components again: looked at in one look
LOOKS = {
    "light": {},
    "dark": {THEME_COOKIE: "dark"},
    "elder": {ELDER_COOKIE: "1"},
    "english": {django_settings.LANGUAGE_COOKIE_NAME: "en"},
}
# An event stream that says what the test says; the real one is tested with its server (parts/test_live.py).
STREAM = """
window.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor(url) { super(); this.url = url; window.stream = this; }
  tell(what) { this.dispatchEvent(new MessageEvent("ticket", { data: JSON.stringify(what) })); }
};
"""
SMALL_TEXTS = """least => [...document.querySelectorAll("body *")].filter(element =>
  element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
  && parseFloat(getComputedStyle(element).fontSize) < least).map(element => element.outerHTML.slice(0, 90))"""
PRESSED = "main :is(button, .button, select, .input, .choice, summary, .stat)"
SMALL_TARGETS = """([least, pressed]) => [...document.querySelectorAll(pressed)]
  .filter(element => element.checkVisibility() && element.getBoundingClientRect().height < least)
  .map(element => element.outerHTML.slice(0, 90))"""
FIRST_LOAD = 60_000  # bytes on the wire (INTERFACE.md)


@pytest.fixture
def work(ground, worker, metered, at_noon) -> dict[str, int]:
    """A ticket in every state, a meter, and a number that was changed."""
    ids = {
        "mine": ground.ticket("Ah1", at=NOW - timedelta(hours=10)),
        "waiting": ground.ticket("Ah2", at=NOW - timedelta(minutes=50)),
        "watch": ground.ticket("Ah3", at=NOW - timedelta(hours=1), urgency="watch"),
        "done": ground.ticket("Ah4", at=NOW - timedelta(days=1)),
        "dead": ground.ticket("Ah5", at=NOW - timedelta(days=2)),
    }
    tickets.accept(ids["mine"], viewer=worker.viewer, at=NOW - timedelta(hours=9))
    tickets.no_answer(ids["mine"], step="family", viewer=worker.viewer, at=NOW - timedelta(hours=8))
    for name, outcome in (("done", "safe_at_home"), ("dead", "found_dead")):
        tickets.accept(ids[name], viewer=worker.viewer, at=NOW - timedelta(hours=20))
        tickets.close(ids[name], outcome=outcome, viewer=worker.viewer, at=NOW - timedelta(hours=19))
    metered("Ah1", [(NOW - timedelta(hours=n), 1900.0 if n < 30 else 2200.0 - 10 * n) for n in range(96, 2, -1)])
    engine.settle(at=NOW)
    return ids


@pytest.fixture
def desk(live_server, worker, work):
    """A browser at the desk, signed in as the worker; what its console complained of fails the test."""
    with chromium(live_server.url) as browser:
        yield browser
    assert browser.complaints == []


def still(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}still=1"


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_keeps_anybody_out(desk, worker, work, look) -> None:
    cookies = worker.cookies | LOOKS[look]
    found = {}
    with desk.page(cookies=cookies) as page:
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


def test_the_keyboard_walks_the_list_opens_a_ticket_and_comes_back(desk, worker, work) -> None:
    with desk.page(cookies=worker.cookies) as page:
        page.goto(still("/desk"))
        page.keyboard.press("j")
        assert focused(page) == f"open-{work['mine']}"
        page.keyboard.press("j")
        assert focused(page) == f"open-{work['waiting']}"

        page.keyboard.press("Enter")
        expect(page.locator("#drawer")).to_be_visible()
        expect(page.locator("#ticket-title")).to_be_focused()
        assert "李**" in page.inner_text("#ticket")

        page.keyboard.press("k")
        expect(page.locator("#ticket")).to_contain_text("王**")
        page.keyboard.press("Escape")
        expect(page.locator("#drawer")).to_be_hidden()
        expect(page.locator(f"#open-{work['mine']}")).to_be_focused()

        page.keyboard.press("/")
        assert focused(page) == "q"
        page.keyboard.type("jk?")
        expect(page.locator("#list-title ~ .empty, .desk-list .empty")).to_contain_text("没有符合条件的工单")
        assert page.input_value("#q") == "jk?"
        assert "q=jk" in page.url
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        expect(page.locator(f"#open-{work['mine']}")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()


def test_a_ticket_is_taken_and_closed_in_the_drawer_while_the_list_follows(desk, worker, work) -> None:
    with desk.page(cookies=worker.cookies) as page:
        page.goto(still("/desk"))
        page.click(f"#open-{work['waiting']}")
        page.click("text=接单，由我处置")
        expect(page.locator("#ticket")).to_contain_text("在我手上")
        expect(page.locator(f"#row-{work['waiting']} .state")).to_contain_text("处置中")
        expect(page.locator("#stat-mine b")).to_have_text("2")

        page.click("label:has-text('家属接走')")
        expect(page.locator("#away-until")).to_be_visible()
        page.fill("#away-until", "2026-11-20")
        page.fill("#close-note", "儿子接去苏州")
        page.evaluate("document.getElementById('away-until').min = ''")
        page.click("#close button.primary")
        expect(page.locator("#problem")).to_contain_text("回来的日子要在今天之后")
        expect(page.locator("#problem")).to_be_focused()
        assert page.input_value("#close-note") == "儿子接去苏州"

        page.fill("#away-until", "2026-11-27")
        page.click("#close button.primary")
        expect(page.locator("#ticket")).to_contain_text("家属接走")
        expect(page.locator(f"#row-{work['waiting']}")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(page.locator("a.open").first).to_be_focused()  # the row is gone; the focus stays in the list
        desk.complaints[:] = [line for line in desk.complaints if "422" not in line]  # the refusal above


def test_death_is_closed_without_a_colour_and_without_a_toast(desk, worker, work) -> None:
    with desk.page(cookies=worker.cookies) as page:
        page.goto(still("/desk"))
        page.click(f"#open-{work['mine']}")
        page.click("text=看过了：办结")
        expect(page.locator(".if-quiet")).to_be_hidden()
        page.click("label:has-text('发现离世')")
        expect(page.locator(".if-quiet")).to_be_visible()
        jade = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--brand')")
        button = page.evaluate("getComputedStyle(document.querySelector('#close button.primary')).backgroundColor")
        assert button != jade
        page.click("#close button.primary")
        expect(page.locator("#ticket")).to_contain_text("已记录在案")
        expect(page.locator(f"#row-{work['mine']}")).to_have_count(0)
        expect(page.locator(".toast")).to_have_count(0)


def test_clear_values_are_asked_for_in_the_drawer_and_masked_again_after(desk, worker, work) -> None:
    with desk.page(cookies=worker.cookies) as page:
        page.goto(still("/desk"))
        page.click(f"#open-{work['mine']}")
        page.click("text=申请查看未遮盖的内容")
        page.click(".ask label:has-text('电话')")
        page.click(".ask label:has-text('上门探访')")
        page.click("text=查看，并留下记录")
        expect(page.locator(".subject a.clear")).to_have_text("+8614000001000")
        page.keyboard.press("Escape")
        page.click(f"#open-{work['mine']}")
        expect(page.locator(".subject")).to_contain_text("140****1000")


def test_a_failing_server_changes_nothing_on_the_page_and_says_so(desk, worker, work) -> None:
    with desk.page(cookies=worker.cookies) as page:
        page.goto(still("/desk"))
        page.route("**/desk/tickets/*", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
        page.click(f"#open-{work['mine']}")
        expect(page.locator(".toast")).to_contain_text("没有连上，请稍后再试")
        expect(page.locator("#drawer")).to_be_hidden()
        desk.complaints[:] = [line for line in desk.complaints if "502" not in line]


def test_a_new_ticket_appears_by_itself_is_announced_and_opens_where_one_is(desk, ground, worker, work) -> None:
    with desk.page(cookies=worker.cookies) as page:
        page.add_init_script(STREAM)
        page.goto("/desk")
        assert page.evaluate("stream.url").startswith("/desk/live?after=")
        with ThreadPoolExecutor(1) as beside:  # the browser's loop holds this thread
            ident = beside.submit(_arrives, ground).result()
        page.evaluate("([id]) => stream.tell({ticket: id, new: true, urgent: true})", [ident])

        expect(page.locator(f"#row-{ident}")).to_have_class("line new")
        expect(page.locator(".toast")).to_contain_text("新工单 · 澄湾路120弄8号：7 小时几乎未用水")
        expect(page.locator("#toasts")).to_have_attribute("aria-live", "polite")
        expect(page.locator("#stat-open b")).to_have_text("4")
        page.click(".toast a")
        expect(page.locator("#drawer #ticket-title")).to_contain_text("7 小时")
        expect(page.locator(".toast")).to_have_count(0)


def test_without_the_stream_the_page_says_so_and_looks_by_itself(desk, ground, worker, work) -> None:
    with desk.page(cookies=worker.cookies) as page:
        page.add_init_script(STREAM)
        page.clock.install()
        page.goto("/desk")
        with ThreadPoolExecutor(1) as beside:
            ident = beside.submit(_arrives, ground).result()
        page.evaluate("stream.dispatchEvent(new Event('error'))")
        page.clock.run_for(11_000)
        expect(page.locator(".toast")).to_contain_text("改为每 20 秒查一次")
        page.clock.run_for(21_000)
        expect(page.locator(f"#row-{ident}")).to_be_visible()


def _arrives(ground) -> int:
    try:
        return ground.ticket("Ah5", facts={"hours": 7, "kind": "silence"})
    finally:
        connections.close_all()


def test_everything_works_without_a_script(desk, worker, work) -> None:
    with desk.page(cookies=worker.cookies, script=False) as page:
        page.goto("/desk")
        page.select_option("#state", "waiting")
        page.click("text=查找")
        assert "state=waiting" in page.url
        page.click(f"#open-{work['waiting']}")
        assert page.url.endswith(f"/desk/tickets/{work['waiting']}")
        page.click("text=接单，由我处置")
        assert "已记下" in page.inner_text("#toasts")
        page.click("label:has-text('在家平安')")
        page.click("#close button.primary")
        assert "在家平安" in page.inner_text(".settled")


def test_the_first_load_is_light(desk, worker, work) -> None:
    weights: dict[str, int] = {}
    with desk.page(cookies=worker.cookies) as page:
        page.on("response", lambda answer: weights.update({answer.url: _on_the_wire(answer)}))
        page.goto(still("/desk"), wait_until="networkidle")
    assert len(weights) >= 6
    assert sum(weights.values()) <= FIRST_LOAD, weights


def _on_the_wire(answer) -> int:
    """Static files travel compressed (whitenoise), pages as they are; 400 bytes for the headers of each."""
    body = answer.body()
    return 400 + (len(gzip.compress(body)) if "/static/" in answer.url else len(body))
