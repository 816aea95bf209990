"""The door of a task link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from lilong.kernel.access import actions
from lilong.kernel.access.models import TaskLink
from lilong.kernel.journal import queries as journal
from lilong.kit import clock
from lilong.portals.entrance.conftest import AT, words


@pytest.fixture
def token(db) -> str:
    return actions.make_task_link(case=9, by="scenario:test", at=AT, expires=AT + timedelta(hours=2))


@pytest.fixture(autouse=True)
def now():
    with clock.pinned(AT):
        yield


def test_the_link_leads_straight_to_its_case_and_the_front_door_knows_it(client, token) -> None:
    assert client.get(f"/case/{token}").headers["Location"] == "/desk/tickets/9"
    assert client.get("/").headers["Location"] == "/desk/tickets/9"
    told = [fact.kind for fact in journal.about(("task_link", TaskLink.objects.get().pk))]
    assert told == ["task_link.opened", "task_link.made"]


def test_its_holder_gets_nothing_of_an_account(client, token) -> None:
    client.get(f"/case/{token}")
    for address in ("/account", "/account/password", "/account/second-factor", "/account/second-factor/qr.svg"):
        assert client.get(address).status_code == 403
    assert client.post("/sign-out").headers["Location"] == "/sign-in?out=1"
    assert client.get("/").headers["Location"] == "/sign-in"


def test_a_link_that_is_unknown_old_or_taken_back_says_so(client, token) -> None:
    assert "链接已失效" in words(client.get("/case/nonsense"))
    with clock.pinned(AT + timedelta(hours=2)):
        assert client.get(f"/case/{token}").status_code == 404
    actions.revoke_task_links(case=9, by="account:1", at=AT)
    page = client.get(f"/case/{token}")
    assert (page.status_code, "链接已失效" in words(page)) == (404, True)
    assert client.get("/").headers["Location"] == "/sign-in"


def test_taking_a_link_back_ends_the_sessions_it_opened(client, token) -> None:
    client.get(f"/case/{token}")
    actions.revoke_task_links(case=9, by="account:1", at=AT)
    assert client.get("/").headers["Location"] == "/sign-in"


def test_somebody_signed_in_is_asked_before_the_link_takes_over(signed_in, token) -> None:
    client, _, _ = signed_in()
    page = client.get(f"/case/{token}")
    assert "会先退出这个账号" in words(page)
    assert client.get("/account").status_code == 200
    assert client.post(f"/case/{token}").headers["Location"] == "/desk/tickets/9"
    assert client.get("/account").status_code == 403


def test_the_door_is_in_no_cache_and_sends_no_referrer_abroad(client, token) -> None:
    response = client.get(f"/case/{token}")
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_session_of_somebody_else_does_not_become_the_link(token) -> None:
    client = Client()
    client.cookies["sessionid"] = "planted"
    client.get(f"/case/{token}")
    assert client.cookies["sessionid"].value != "planted"
