"""The entrance in a real browser: readable for everybody, nothing refused by its policy, usable without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from lilong.kernel.access.models import Account
from lilong.portals.entrance.conftest import PASSWORD
from tests.browsing import browser_test, chromium, overflow, violations

pytestmark = [pytest.mark.browser, browser_test, pytest.mark.django_db(transaction=True)]

LIGHT, DARK = {"lilong_theme": "light"}, {"lilong_theme": "dark"}
LOOKS = [
    (1280, LIGHT),
    (320, DARK),
    (320, LIGHT | {"lilong_elder": "1"}),
    (1280, DARK | {"django_language": "en"}),
]


@pytest.fixture
def demo(add, settings) -> Account:
    settings.DEMO = True
    return add("demo", demo=True, paths=["/"])


@pytest.mark.usefixtures("demo")
def test_everybody_can_read_the_way_in(live_server) -> None:
    with chromium(live_server.url) as browser:
        for width, cookies in LOOKS:
            with browser.page(width=width, cookies=cookies) as page:
                for path in ("/sign-in?idle=1", "/no/such/page", "/case/nonsense"):
                    page.goto(path)
                    assert violations(page) == []
                    assert overflow(page) <= 0
        assert [said for said in browser.complaints if "404" not in said] == []


def test_everybody_can_read_the_pages_behind_it(live_server, signed_in: Callable, add: Callable) -> None:
    inside, _, _ = signed_in()
    add("fresh", owned=False)
    add("waiting")
    fresh, waiting = Client(), Client()
    for name, client in (("fresh", fresh), ("waiting", waiting)):
        client.post("/sign-in", {"username": name, "password": PASSWORD})
    pages = [(inside, path) for path in ("/account", "/account/password", "/account/second-factor")]
    pages += [(fresh, "/account/password"), (waiting, "/account/second-factor")]
    with chromium(live_server.url) as browser:
        for width, cookies in LOOKS[::2]:
            for who, path in pages:
                with browser.page(width=width, cookies=cookies | {"sessionid": who.cookies["sessionid"].value}) as page:
                    page.goto(path)
                    assert page.url.endswith(path)
                    assert violations(page) == []
                    assert overflow(page) <= 0
        assert browser.complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_password_and_code_lead_in_with_and_without_a_script(live_server, enrolled: Callable, script: bool) -> None:
    _, phone, _ = enrolled()
    code = phone.code()
    with chromium(live_server.url) as browser, browser.page(script=script) as page:
        page.goto("/account")
        page.get_by_label("用户名").fill("wang")
        page.get_by_label("密码").fill("wrong-on-purpose")
        page.get_by_role("button", name="登录").click()
        assert "用户名或密码不对" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("用户名").input_value() == "wang"
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("验证码").fill(code)
        page.get_by_role("button", name="继续").click()
        assert page.url == f"{live_server.url}/account"
        assert "王秀珍" in page.locator("main").inner_text()


@pytest.mark.usefixtures("demo")
def test_one_press_is_enough_in_a_demonstration_even_without_a_script(live_server) -> None:
    with chromium(live_server.url) as browser, browser.page(script=False) as page:
        page.goto("/sign-in?next=/account")
        page.get_by_role("button", name="王秀珍").click()
        assert page.url == f"{live_server.url}/account"


def test_the_picture_is_really_drawn(live_server, add: Callable) -> None:
    add("wang")
    client = Client()
    client.post("/sign-in", {"username": "wang", "password": PASSWORD})
    cookies = {"sessionid": client.cookies["sessionid"].value}
    with chromium(live_server.url) as browser, browser.page(cookies=cookies) as page:
        page.goto("/account/second-factor")
        assert page.locator("img.qr").evaluate("(image) => image.complete && image.naturalWidth > 20")
