"""The second step of signing in."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from lilong.kernel.access import actions
from lilong.portals.entrance.conftest import AT, PASSWORD, words


def first_step(client: Client, **more: str) -> None:
    assert client.post("/sign-in", {"username": "wang", "password": PASSWORD, **more}).status_code == 302


def second_step(client: Client, code: str):
    return client.post("/sign-in/second-factor", {"code": code})


def test_the_right_code_leads_where_the_person_was_going(client, enrolled) -> None:
    _, app, _ = enrolled()
    first_step(client, next="/account?x=1")
    assert "6 位数字" in words(client.get("/sign-in/second-factor"))
    before = client.session.session_key
    assert second_step(client, app.code()).headers["Location"] == "/account?x=1"
    assert client.session.session_key != before
    assert "王秀珍" in words(client.get("/account"))


def test_a_code_seen_over_somebodys_shoulder_is_worth_nothing(client, enrolled) -> None:
    _, app, _ = enrolled()
    first_step(client)
    code = app.code()
    assert second_step(client, code).status_code == 302
    thief = Client()
    first_step(thief)
    page = second_step(thief, code)
    assert (page.status_code, "或已经用过" in words(page)) == (422, True)
    assert thief.get("/account").status_code == 302


def test_a_recovery_code_opens_once(client, enrolled) -> None:
    _, _, codes = enrolled()
    first_step(client)
    assert second_step(client, codes[0]).status_code == 302
    again = Client()
    first_step(again)
    assert second_step(again, codes[0]).status_code == 422
    assert second_step(again, codes[1]).status_code == 302


def test_five_wrong_codes_shut_the_door(client, enrolled) -> None:
    _, app, _ = enrolled()
    first_step(client)
    pages = [second_step(client, "000000") for _ in range(5)]
    assert [page.status_code for page in pages] == [422] * 4 + [429]
    assert "请 15 分钟后再试" in words(pages[4])
    first_step(client)  # a right password does not open what wrong codes have shut
    assert second_step(client, app.code()).status_code == 429


def test_an_empty_code_costs_no_try(client, enrolled) -> None:
    _, app, _ = enrolled()
    first_step(client)
    for _ in range(6):
        assert "请填写验证码。" in words(second_step(client, " "))
    assert second_step(client, app.code()).status_code == 302


@pytest.mark.django_db
def test_nobody_gets_here_without_a_password(client) -> None:
    assert client.get("/sign-in/second-factor").headers["Location"] == "/sign-in"
    assert second_step(client, "123456").headers["Location"] == "/sign-in"


def test_halfway_in_lasts_five_minutes(client, enrolled, monkeypatch) -> None:
    _, app, _ = enrolled()
    first_step(client)
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 301)
    assert second_step(client, app.code()).headers["Location"] == "/sign-in"


def test_halfway_in_ends_when_the_account_is_closed_or_its_password_changed(enrolled) -> None:
    account, app, _ = enrolled()
    for change in (
        lambda: actions.hand_out_password(account_id=account.pk, password=PASSWORD, by="account:9", at=AT),
        lambda: actions.set_active(account_id=account.pk, active=False, by="account:9", at=AT),
    ):
        client = Client()
        first_step(client)
        change()
        assert second_step(client, app.code()).headers["Location"] == "/sign-in"
