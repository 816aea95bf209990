"""Choosing a password."""

from __future__ import annotations

import pytest
from django.test import Client

from lilong.kernel.access.models import Account
from lilong.portals.entrance.conftest import PASSWORD, words

NEW = "新的-密码-够长-2026"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = "", **more: str):
    return client.post("/account/password", {"old": old, "new": new, "again": again or new, **more})


def enter(client: Client, username: str = "wang", password: str = PASSWORD) -> None:
    client.post("/sign-in", {"username": username, "password": password})


def test_a_handed_out_password_is_changed_before_anything_else(client, add) -> None:
    add("wang", owned=False)
    enter(client)
    assert client.get("/").headers["Location"] == "/account/password"
    assert "别人发给您的初始密码" in words(client.get("/account/password"))
    assert client.get("/account/second-factor").headers["Location"].startswith("/account/password")
    assert change(client, next="/desk").headers["Location"] == "/desk"
    assert not Account.objects.get().password_given
    assert client.get("/account").headers["Location"].startswith("/account/second-factor")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"old": ""}, "请填写现在的密码。"),
        ({"old": "not-the-one-2026"}, "现在的密码不对。"),
        ({"again": "另一个-密码-2026"}, "两次填写的新密码不一样。"),
        ({"new": PASSWORD}, "新密码不能和现在的一样。"),
        ({"new": "短"}, "密码太短，至少需要 10 个字符。"),
        ({"new": "12345678901"}, "数字"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(signed_in, given: dict[str, str], told: str) -> None:
    client, account, _ = signed_in()
    page = change(client, **given)
    assert page.status_code == 422
    assert told in words(page).partition("请检查")[2].partition("现在的密码 新密码")[0]
    for secret in (PASSWORD, NEW):
        assert secret not in page.content.decode()
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_change_keeps_this_session_and_ends_the_others(signed_in) -> None:
    client, account, phone = signed_in()
    other = Client()
    enter(other)
    other.post("/sign-in/second-factor", {"code": phone.code()})
    assert other.get("/account").status_code == 200
    key = client.session.session_key
    assert change(client).headers["Location"] == "/account?changed=1"
    assert client.session.session_key != key
    assert "密码已修改" in words(client.get("/account?changed=1"))
    assert other.get("/account").status_code == 302
    account.refresh_from_db()
    assert account.check_password(NEW)


def test_guessing_the_old_password_from_a_desk_left_open_is_stopped(signed_in) -> None:
    client, _, _ = signed_in()
    pages = [change(client, old=f"guess-number-{n}") for n in range(6)]
    assert "请 15 分钟后再试" in words(pages[5])
    assert "请 15 分钟后再试" in words(change(client))


def test_the_password_of_a_demo_account_stays(client, add, settings) -> None:
    settings.DEMO = True
    account = add("demo", demo=True)
    client.post("/sign-in", {"demo": "demo"})
    assert "演示账号的密码不能修改" in words(client.get("/account/password"))
    change(client)
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
