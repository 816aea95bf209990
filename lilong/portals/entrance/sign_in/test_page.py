"""The sign-in page as people meet it: calm, exact about time, silent about who exists, and going nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lilong.kernel.journal import queries as journal
from lilong.portals.entrance.conftest import PASSWORD, words

pytestmark = pytest.mark.django_db


def post(client: Client, username="wang", password=PASSWORD, **more: str):
    return client.post("/sign-in", {"username": username, "password": password, **more})


def test_the_page_is_drawn_for_a_stranger_and_lists_no_demo_accounts(client, add) -> None:
    add("demo", demo=True)
    page = client.get("/sign-in")
    assert page.status_code == 200
    assert "用户名" in words(page)
    assert "演示账号" not in words(page)
    assert "no-store" in page.headers["Cache-Control"]


def test_a_screen_account_comes_in_with_its_password_alone(client, add) -> None:
    account = add("wall", role="wall", paths=["/"])
    assert post(client, "wall").headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/brain"
    kinds = [(fact.kind, fact.by) for fact in journal.about(("account", account.pk))]
    assert kinds[0] == ("account.signed_in", f"account:{account.pk}")


def test_staff_are_asked_for_the_second_factor_before_anything_is_theirs(client, enrolled) -> None:
    enrolled("wang")
    assert post(client).headers["Location"] == "/sign-in/second-factor"
    assert client.get("/account").headers["Location"] == "/sign-in?next=%2Faccount"


def test_staff_without_one_are_led_to_enrol(client, add) -> None:
    add("wang")
    assert post(client, next="/desk").headers["Location"] == "/desk"
    assert client.get("/account").headers["Location"] == "/account/second-factor?next=%2Faccount"


def test_a_wrong_password_keeps_the_name_and_forgets_the_password(client, add) -> None:
    add("wang")
    page = post(client, " Wang ", "something-wrong")
    assert page.status_code == 422
    assert "用户名或密码不对。" in words(page)
    assert 'value=" Wang "' in page.content.decode()
    assert "something-wrong" not in page.content.decode()


def test_what_was_typed_comes_back_as_text_and_not_as_page(client) -> None:
    page = post(client, '"><script>alert(1)</script>', "x")
    assert "<script>alert(1)" not in page.content.decode()


@pytest.mark.parametrize(("username", "password"), [("", PASSWORD), ("  ", PASSWORD), ("wang", "")])
def test_an_empty_field_costs_no_try(client, add, username: str, password: str) -> None:
    add("wang")
    for _ in range(6):
        assert "请填写用户名和密码。" in words(post(client, username, password))
    assert post(client).status_code == 302


def test_an_account_and_none_give_the_same_page(add) -> None:
    add("wang")
    pages = []
    for name in ("wang", "nobody"):
        client = Client(REMOTE_ADDR=f"192.0.2.{len(name)}")
        answers = [post(client, name, "wrong") for _ in range(6)]
        pages.append([(a.status_code, words(a), a.headers.get("Retry-After", "")[:2]) for a in answers])
    assert pages[0] == pages[1]
    assert [status for status, _, _ in pages[0]] == [422] * 4 + [429] * 2
    assert "再错 2 次，登录将锁定 15 分钟" in pages[0][2][1]
    assert "请 15 分钟后再试" in pages[0][4][1]


def test_a_locked_door_tells_the_minutes_and_opens_in_time(client, add, monkeypatch) -> None:
    add("wall", role="wall")
    for _ in range(5):
        post(client, "wall", "wrong")
    began = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: began + timedelta(minutes=5, seconds=30))
    page = post(client, "wall")
    assert (page.status_code, "请 10 分钟后再试" in words(page)) == (429, True)
    assert int(page.headers["Retry-After"]) <= 570
    monkeypatch.setattr(timezone, "now", lambda: began + timedelta(minutes=16))
    assert post(client, "wall").status_code == 302


def test_the_way_back_is_kept_through_failures_and_stays_on_this_host(client, add) -> None:
    add("wall", role="wall")
    page = post(client, "wall", "wrong", next="/brain?still=1")
    assert 'name="next" value="/brain?still=1"' in page.content.decode()
    assert post(client, "wall", next="/brain?still=1").headers["Location"] == "/brain?still=1"
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert post(Client(), "wall", next=evil).headers["Location"] == "/"
        assert 'name="next" value="/"' in Client().get("/sign-in", {"next": evil}).content.decode()


def test_a_form_from_elsewhere_is_refused_in_words(add) -> None:
    add("wall", role="wall")
    client = Client(enforce_csrf_checks=True)
    page = post(client, "wall")
    assert page.status_code == 403
    assert "表单已过期" in words(page)
    token = client.get("/sign-in").context["csrf_token"]
    assert post(client, "wall", csrfmiddlewaretoken=str(token)).status_code == 302


def test_signing_in_changes_the_session_key_and_the_form_token(add) -> None:
    add("wall", role="wall")
    client = Client()
    client.get("/sign-in")
    token = client.cookies["csrftoken"].value
    client.cookies["sessionid"] = "planted-by-somebody-else"
    post(client, "wall")
    assert client.cookies["sessionid"].value != "planted-by-somebody-else"
    assert client.cookies["csrftoken"].value != token
    assert client.cookies["sessionid"]["httponly"] and client.cookies["sessionid"]["samesite"] == "Lax"


def test_one_press_enters_a_demo_account_on_this_host_alone(add, settings) -> None:
    account = add("demo", demo=True, name="李建国")
    settings.DEMO = True
    here, there = Client(), Client(REMOTE_ADDR="192.0.2.7")
    proxied = Client(headers={"X-Forwarded-For": "127.0.0.1"})
    assert "李建国 居委社工" in words(here.get("/sign-in"))
    assert here.post("/sign-in", {"demo": "demo"}).headers["Location"] == "/"
    assert here.get("/").headers["Location"] == "/desk"
    assert journal.about(("account", account.pk))[0].kind == "account.signed_in"
    for client in (there, proxied):
        assert "李建国" not in words(client.get("/sign-in"))
        assert client.post("/sign-in", {"demo": "demo"}).status_code == 422
        assert post(client, "demo").status_code == 422
    settings.DEMO = False
    assert Client().post("/sign-in", {"demo": "demo"}).status_code == 422
    assert here.get("/").headers["Location"] == "/sign-in"


def test_one_press_never_enters_an_ordinary_account(client, add, settings) -> None:
    settings.DEMO = True
    add("wang")
    assert client.post("/sign-in", {"demo": "wang"}).status_code == 422


def test_signing_out_ends_the_session_and_takes_a_form(client, add) -> None:
    account = add("wall", role="wall")
    post(client, "wall")
    key = client.session.session_key
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200
    assert client.post("/sign-out").headers["Location"] == "/sign-in?out=1"
    assert journal.about(("account", account.pk))[0].kind == "account.signed_out"
    assert not client.cookies["sessionid"].value  # no new session is made for nobody
    client.cookies["sessionid"] = key
    assert client.get("/account").status_code == 302
    assert "已退出登录。" in words(client.get("/sign-in?out=1"))


def test_whoever_is_inside_is_not_asked_again(client, add) -> None:
    add("wall", role="wall")
    post(client, "wall")
    assert client.get("/sign-in?next=/brain").headers["Location"] == "/brain"


def test_the_page_speaks_english(client) -> None:
    client.cookies["django_language"] = "en"
    assert "User name" in words(client.get("/sign-in"))
    assert "Failures left before a lock of 15 minutes: 2." in [words(post(client, "x", "y")) for _ in range(3)][2]
