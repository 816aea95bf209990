"""The lock on a view: strangers are led to the door, the wrong role is refused, links enter only where invited."""

from __future__ import annotations

import asyncio
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from lilong.kernel.access.guards import needs, safe_next
from lilong.kernel.access.viewer import ANONYMOUS, Viewer

WORKER = Viewer(by="account:1", account_id=1, roles=frozenset({"committee_worker"}), scope=frozenset({"/1/4/"}))
WALL = Viewer(by="account:2", account_id=2, roles=frozenset({"wall"}), scope=frozenset({"/"}))
LINK = Viewer(by="link:3", case=9)


@needs("tickets.read")
def page(request):
    return HttpResponse("the list")


@needs("tickets.read", case_link=True)
def case(request):
    return HttpResponse("the case")


@needs("tickets.read")
async def later(request):
    return HttpResponse("the list, later")


def ask(view, viewer: Viewer, path: str = "/desk?state=open", *, method="GET", owes="", **headers: str) -> HttpResponse:
    request = RequestFactory().generic(method, path, headers=headers)
    request.viewer, request.owes = viewer, owes
    response = view(request)
    return asyncio.run(response) if asyncio.iscoroutine(response) else response


def test_who_may_comes_in() -> None:
    assert ask(page, WORKER).content == b"the list"
    assert ask(later, WORKER).content == b"the list, later"


@pytest.mark.parametrize("view", [page, later, case])
def test_the_wrong_role_is_refused(view) -> None:
    with pytest.raises(PermissionDenied):
        ask(view, WALL)


def test_a_task_link_enters_only_where_it_is_invited() -> None:
    assert ask(case, LINK).content == b"the case"
    for view in (page, later):
        with pytest.raises(PermissionDenied):
            ask(view, LINK)


def test_a_stranger_is_led_to_the_door_and_back() -> None:
    for view in (page, later, case):
        assert ask(view, ANONYMOUS).headers["Location"] == "/sign-in?next=%2Fdesk%3Fstate%3Dopen"
    assert ask(page, ANONYMOUS, method="POST").headers["Location"] == "/sign-in"


def test_whoever_owes_something_is_led_to_it() -> None:
    assert ask(page, ANONYMOUS, "/desk", owes="password").headers["Location"] == "/account/password?next=%2Fdesk"
    assert ask(page, ANONYMOUS, "/", owes="second_factor").headers["Location"] == "/account/second-factor"


def test_a_fragment_takes_its_whole_page_to_the_door() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/desk?mine=1"}
    response = ask(page, ANONYMOUS, "/desk/rows", **headers)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/sign-in?next=%2Fdesk%3Fmine%3D1")


def test_a_machine_gets_401_and_no_page() -> None:
    response = ask(page, ANONYMOUS, "/api/v1/findings")
    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/problem+json")
    assert json.loads(response.content)["status"] == 401
    assert ask(page, ANONYMOUS, "/live", accept="text/event-stream").status_code == 401


def test_a_verb_that_nobody_knows_stops_the_program_at_once() -> None:
    with pytest.raises(ValueError, match="no verb"):
        needs("tickets.raed")


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/desk?state=open", "/desk?state=open"),
        ("http://testserver/desk", "http://testserver/desk"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("///evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:evil.example", "/"),
        (" https://evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("data:text/html,x", "/"),
    ],
)
def test_the_way_back_stays_on_this_host(wanted: str, goes: str) -> None:
    assert safe_next(RequestFactory().get("/sign-in"), wanted) == goes
