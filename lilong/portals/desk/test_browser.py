"""The desk in Debian's chromium: keys, focus, the drawer, live news, no script; the console without complaint."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from lilong.portals.desk.conftest import still
from tests.browsing import browser_test

pytestmark = [pytest.mark.browser, browser_test, pytest.mark.django_db(transaction=True)]

# An event stream that says what the test says; the real one is tested with its server (parts/test_live.py).
STREAM = """
window.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor(url) { super(); this.url = url; window.stream = this; }
  tell(what) { this.dispatchEvent(new MessageEvent("ticket", { data: JSON.stringify(what) })); }
};
"""
FIRST_LOAD = 60_000  # bytes on the wire (INTERFACE.md)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


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
