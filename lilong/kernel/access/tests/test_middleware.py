"""Who a request comes from: idle sessions end, live streams keep nobody inside, demo accounts stay on this host."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import path

from lilong.kernel.access import actions, sessions, standing
from lilong.kernel.access.guards import needs, needs_account
from lilong.kernel.access.models import Account
from lilong.kit import clock

from .conftest import AT


@needs("tickets.read")
def page(request):
    return HttpResponse(f"{request.viewer.by} {sorted(request.viewer.scope)}")


@needs("tickets.read")
async def later(request):
    return HttpResponse(request.viewer.by)


@needs("tickets.read")
def stream(request):
    return StreamingHttpResponse(["data: x\n\n"], content_type="text/event-stream")


def enter(request, account_id, factor):
    sessions.begin(request, Account.objects.get(pk=account_id), factor=bool(factor), at=AT)
    return HttpResponse()


def link(request, token):
    sessions.begin_link(request, actions.open_task_link(token, at=clock.now()))
    return HttpResponse()


@needs("tickets.read", case_link=True)
def case(request):
    return HttpResponse(str(request.viewer.case))


urlpatterns = [
    path("page", page),
    path("later", later),
    path("stream", stream),
    path("case", case),
    path("account-only", needs_account()(page)),
    path("enter/<int:account_id>/<int:factor>", enter),
    path("link/<str:token>", link),
]


@pytest.fixture(autouse=True)
def own_urls(settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def now(monkeypatch) -> Callable[[float], None]:
    """Moves real time on by so many minutes."""
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began)
    return lambda minutes: monkeypatch.setattr(time, "time", lambda: began + minutes * 60)


def inside(account: Account, *, factor: bool = True, **meta: str) -> Client:
    client = Client(**meta)
    client.get(f"/enter/{account.pk}/{factor:d}")
    return client


def test_a_worker_is_known_by_number_and_places(add) -> None:
    account = add("wang")
    client = inside(account)
    assert client.get("/page").content.decode() == f"account:{account.pk} ['/1/4/']"
    assert client.get("/later").content.decode() == f"account:{account.pk}"


def test_an_async_view_under_an_async_server_knows_the_viewer_too(add) -> None:
    account = add("wang")

    async def trip() -> bytes:
        client = AsyncClient()
        await client.get(f"/enter/{account.pk}/1")
        return (await client.get("/later")).content

    assert async_to_sync(trip)().decode() == f"account:{account.pk}"


def test_half_an_hour_of_silence_ends_a_session_for_good(add, now) -> None:
    client = inside(add("wang"))
    now(29)
    assert client.get("/page").status_code == 200
    now(58)
    assert client.get("/page").status_code == 200
    now(89)
    assert client.get("/page").headers["Location"] == "/sign-in?next=%2Fpage&idle=1"
    now(58)
    assert client.get("/page").headers["Location"] == "/sign-in?next=%2Fpage"


def test_live_streams_and_what_a_page_fetches_by_itself_are_no_activity(add, now) -> None:
    client = inside(add("wang"))
    for minutes in (10, 20, 29):
        now(minutes)
        assert client.get("/stream").status_code == 200
        assert client.get("/page", headers={"Lilong-Background": "1"}).status_code == 200
    now(31)
    assert client.get("/page").status_code == 302


def test_the_wall_stays_on(add, now) -> None:
    client = inside(add("wall", role="wall", paths=["/"]), factor=False)
    now(60 * 24 * 5)
    assert client.get("/page").status_code == 403  # known, and without that right


def test_staff_without_the_second_factor_see_nothing_yet(add) -> None:
    client = inside(add("wang"), factor=False)
    for address in ("/page", "/account-only"):
        assert client.get(address).headers["Location"] == f"/account/second-factor?next=%2F{address[1:]}"


def test_a_handed_out_password_is_changed_first(add) -> None:
    client = inside(add("wang", owned=False))
    assert client.get("/page").headers["Location"] == "/account/password?next=%2Fpage"


@pytest.mark.parametrize("meta", [{}, {"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_a_demo_session_is_worth_nothing_away_from_this_host(add, settings, meta: dict[str, str]) -> None:
    settings.DEMO = True
    client = inside(add("demo", demo=True), factor=False)
    assert client.get("/page", **meta).status_code == (200 if not meta else 302)
    settings.DEMO = False
    assert client.get("/page", **meta).status_code == 302


def test_closing_an_account_ends_its_sessions_at_once(add) -> None:
    account = add("wang")
    client = inside(account)
    assert client.get("/page").status_code == 200
    actions.set_active(account_id=account.pk, active=False, by="account:9", at=AT)
    assert client.get("/page").status_code == 302


def test_a_changed_password_ends_every_other_session(add) -> None:
    account = add("wang")
    client = inside(account)
    actions.hand_out_password(account_id=account.pk, password="another-one-2026", by="account:9", at=AT)
    assert client.get("/page").status_code == 302


def test_withdrawing_a_place_counts_from_the_next_request(add) -> None:
    account = add("wang", paths=["/1/4/", "/1/5/"])
    client = inside(account)
    actions.withdraw(account_id=account.pk, path="/1/4/", by="account:9", at=clock.now())
    assert client.get("/page").content.decode().endswith("['/1/5/']")


@pytest.mark.django_db
def test_a_link_session_lasts_as_long_as_the_link_by_the_installations_clock() -> None:
    with clock.pinned(AT):
        token = actions.make_task_link(case=9, by="system:test", at=AT, expires=AT + timedelta(hours=2))
        client = Client()
        client.get(f"/link/{token}")
        assert client.get("/case").content == b"9"
        assert client.get("/page").status_code == 403
        assert client.get("/account-only").status_code == 403
    with clock.pinned(AT + timedelta(hours=2)):
        assert client.get("/case").status_code == 302


def test_a_session_begins_with_a_new_key_so_that_none_can_be_planted(add) -> None:
    account = add("wang")
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    client.get(f"/enter/{account.pk}/1")
    assert client.session.session_key != planted
    assert "planted" not in client.session
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/page").status_code == 302


def test_what_a_signed_in_person_saw_is_in_no_cache(add) -> None:
    client = inside(add("wang"))
    assert client.get("/page").headers["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in Client().get("/page").headers


def test_a_live_stream_can_ask_again_whose_it_is(add, now) -> None:
    account = add("wang")
    client = inside(account)

    def asked() -> standing.Standing:
        return standing.of_key(client.session.session_key, local=True, at=AT, real=time.time())

    assert asked().viewer.by == f"account:{account.pk}"
    now(31)
    assert asked().idle and not asked().viewer.known
    now(1)
    actions.set_active(account_id=account.pk, active=False, by="account:9", at=AT)
    assert not asked().viewer.known
    assert not standing.of_key("no such key", local=True, at=AT, real=0).viewer.known
    assert not standing.of_key(None, local=True, at=AT, real=0).viewer.known
