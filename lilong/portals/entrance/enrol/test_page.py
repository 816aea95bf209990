"""Turning the second step on, and what can be done with it afterwards."""

from __future__ import annotations

import re

from django.test import Client

from lilong.kernel.access import second_factor
from lilong.portals.entrance.conftest import PASSWORD, words


def enter(client: Client, username: str = "wang") -> None:
    client.post("/sign-in", {"username": username, "password": PASSWORD})


def shown_codes(page) -> list[str]:
    return re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", page.content.decode())


def test_enrolling_shows_the_picture_takes_a_code_and_gives_recovery_codes_once(client, add, app) -> None:
    account = add()
    enter(client)
    page = client.get("/account/second-factor?next=/account")
    phone = app(account)
    assert second_factor.enrolment(account).secret in words(page)
    codes = shown_codes(client.post("/account/second-factor", {"code": phone.code(), "next": "/account"}))
    assert len(codes) == 10
    assert client.get("/account").status_code == 200
    assert shown_codes(client.get("/account/second-factor")) == []
    fresh = Client()
    enter(fresh)
    assert fresh.post("/sign-in/second-factor", {"code": codes[4]}).status_code == 302


def test_the_picture_is_a_drawing_of_its_own_that_no_cache_keeps(client, add) -> None:
    account = add()
    assert client.get("/account/second-factor/qr.svg").status_code == 302
    enter(client)
    image = client.get("/account/second-factor/qr.svg")
    assert image.headers["Content-Type"] == "image/svg+xml"
    assert image.content.lstrip().startswith((b"<?xml", b"<svg")) and b"<path" in image.content
    assert b"style" not in image.content and b"script" not in image.content
    assert "no-store" in image.headers["Cache-Control"]
    assert second_factor.enrolment(account).secret.replace(" ", "") not in image.content.decode()


def test_a_wrong_first_code_turns_nothing_on(client, add) -> None:
    account = add()
    enter(client)
    page = client.post("/account/second-factor", {"code": "000000"})
    assert (page.status_code, "验证码不对" in words(page)) == (422, True)
    assert not second_factor.has(account.pk)
    assert client.get("/account").status_code == 302


def test_a_session_from_before_the_factor_does_not_count_as_having_shown_it(client, add, app) -> None:
    account = add()
    early = Client()
    enter(early)
    enter(client)
    client.post("/account/second-factor", {"code": app(account).code()})
    assert early.get("/account").headers["Location"].startswith("/account/second-factor")
    assert early.get("/account/second-factor").headers["Location"] == "/sign-in"
    assert early.get("/account").headers["Location"].startswith("/sign-in")


def test_a_demo_account_has_no_factor_to_turn_on(client, add, settings) -> None:
    settings.DEMO = True
    account = add("demo", demo=True)
    client.post("/sign-in", {"demo": "demo"})
    assert client.get("/account/second-factor").headers["Location"] == "/account"
    assert client.get("/account/second-factor/qr.svg").status_code == 404
    client.post("/account/second-factor", {"code": "123456"})
    assert not second_factor.has(account.pk)


def test_the_secret_is_never_shown_again(signed_in) -> None:
    client, _, _ = signed_in()
    assert client.get("/account/second-factor/qr.svg").status_code == 404
    assert "密钥" not in words(client.get("/account/second-factor"))


def test_new_recovery_codes_take_a_fresh_code_and_end_the_old_ones(signed_in) -> None:
    client, account, phone = signed_in()
    assert client.post("/account/second-factor", {"code": "000000", "do": "codes"}).status_code == 422
    codes = shown_codes(client.post("/account/second-factor", {"code": phone.code(), "do": "codes"}))
    assert len(codes) == second_factor.codes_left(account.pk) == 10


def test_another_phone_takes_a_fresh_code_and_then_a_new_enrolment(signed_in) -> None:
    client, account, phone = signed_in()
    client.post("/account/second-factor", {"code": "000000", "do": "phone"})
    assert second_factor.has(account.pk)
    client.post("/account/second-factor", {"code": phone.code(), "do": "phone"})
    assert not second_factor.has(account.pk)
    assert "扫描这个二维码" in words(client.get("/account/second-factor"))
    assert client.get("/account").status_code == 302
