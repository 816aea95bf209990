"""Every address as every role: nobody gets anything of another committee or of another case, from any of them.

A new address fails the first test here until `ROUTES` says who may open it and whether it tells of people or places.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client
from django.urls import URLPattern, URLResolver, get_resolver

from lilong.kernel.access import actions as access
from lilong.kernel.access.roles import FOR_ACCOUNTS
from lilong.kernel.journal import queries as journal
from lilong.kernel.journal import sealer
from lilong.kernel.journal.models import Fact
from lilong.kit import clock
from lilong.portals.brain.events import ref
from lilong.portals.desk.ticket.steps import STEPS
from tests import town
from tests.installation import until
from tests.town import Committee, Home, Town

STRANGER, OWING, LINK = "stranger", "owing", "link"
ANYBODY = frozenset({*FOR_ACCOUNTS, STRANGER, OWING, LINK})
ACCOUNTS = frozenset(FOR_ACCOUNTS)
DOOR = frozenset({"committee_worker", "grid_officer", "operations"})
READERS = DOOR | {"department"}


@dataclass(frozen=True)
class Route:
    """One address: `who` is let in and gets `get` (None: it depends). `tells` of people or places, and has to be tried
    with the objects of another committee, and with these `asks` behind it. `clear`: shows what was asked for in clear.
    """

    who: frozenset[str]
    get: int | None = 200
    tells: bool = False
    asks: tuple[str, ...] = ()
    streams: bool = False


TICKET = "desk/tickets/<int:ticket_id>"
ROUTES = {
    "": Route(ANYBODY, get=302),
    "account": Route(ACCOUNTS),
    "account/password": Route(ACCOUNTS | {OWING}),
    "account/second-factor": Route(ACCOUNTS, get=302),  # the accounts here are demo accounts, which have none
    "account/second-factor/qr.svg": Route(ACCOUNTS, get=404),
    "api/v1/readings": Route(frozenset(), get=405),  # devices alone, by their tokens; no session opens it
    "brain": Route(READERS | {"wall"}),
    "brain/live": Route(READERS | {"wall"}, get=None, streams=True),
    "brain/buildings.json": Route(READERS | {"wall"}, tells=True),
    "brain/state.json": Route(READERS | {"wall"}, tells=True),
    "case/<str:token>": Route(ANYBODY, get=None),
    "desk": Route(READERS, tells=True, asks=("?q=郑桂芳", "?q=88弄", "?show=open", "?show=closed", "?page=2")),
    "desk/devices": Route(READERS | {"steward"}, tells=True, asks=("?q=SB-B-1", "?show=silent", "?show=live")),
    "desk/live": Route(READERS, get=None, streams=True),
    "desk/reads": Route(DOOR | {"steward"}),
    "desk/reads/all": Route(frozenset({"auditor"}), tells=True, asks=("?before=999999",)),
    "desk/rules": Route(frozenset({"committee_worker", "operations"}), tells=True),
    "desk/rules/change": Route(frozenset({"committee_worker", "operations"}), get=405),
    TICKET: Route(READERS | {LINK}, tells=True),
    f"{TICKET}/<slug:verb>": Route(DOOR | {LINK}, get=405),
    f"{TICKET}/reveal": Route(DOOR | {"steward"}, get=405),
    "gallery": Route(READERS),
    "healthz": Route(ANYBODY, get=None),
    "prefer": Route(ANYBODY, get=302),
    "sign-in": Route(ANYBODY, get=None),
    "sign-in/second-factor": Route(ANYBODY, get=302),
    "sign-out": Route(ANYBODY, get=405),
}


def patterns(under: list[Any] | None = None, before: str = "") -> Iterator[str]:
    for found in get_resolver().url_patterns if under is None else under:
        if isinstance(found, URLResolver):
            yield from patterns(found.url_patterns, before + str(found.pattern))
        elif isinstance(found, URLPattern):
            yield before + str(found.pattern)


def test_every_address_says_here_who_may_open_it() -> None:
    assert sorted(patterns()) == sorted(ROUTES)


def addresses(route: str, home: Home) -> list[str]:
    """The route with the objects of one home in place of its parts, once for each word a part may be."""
    ids = {"<int:ticket_id>": home.ticket_id, "<str:token>": "no-such-token"}
    for part, value in ids.items():
        route = route.replace(part, str(value))
    found = [route.replace("<slug:verb>", verb) for verb in (*STEPS, "nonsense")] if "<slug:verb>" in route else [route]
    assert "<" not in "".join(found), f"{route}: say here what stands for its parts"
    return [f"/{address}" for address in found]


def payload(of: Committee) -> dict[str, Any]:
    """Everything that any form of the portals sends, so that only a lock can stop it."""
    return {
        "words": "写下的话", "note": "写下的话", "whom": "emergency_contact", "answered": "1", "step": "family",
        "outcome": "safe_at_home", "reason": "写下的话", "fields": ["phone", "address", "name"], "purpose": "visit",
        "field": f"{town.WATER}.silence.for.{of.place_id}", "amount": "40", "do": "set", "why": "写下的话",
    }  # fmt: skip


def told(response: HttpResponseBase) -> str:
    """All that reached the visitor; an event stream is read by a test of its own."""
    body = "" if response.streaming else response.content.decode()
    return f"{body}\n{dict(response.headers)}"


# how each stream names a ticket
NAMES: dict[str, Callable[[int], str]] = {"brain/live": ref, "desk/live": lambda ticket: f'"ticket": {ticket},'}


class Visitor:
    """Somebody with the cookies they came in with; each request is undone, so that the next one finds the same town."""

    def __init__(self, kind: str, client: Client) -> None:
        self.kind = kind
        self.cookies = client.cookies.output(header="", sep=";")

    @contextmanager
    def asks(self, address: str, post: dict[str, Any] | None = None, **headers: str) -> Iterator[HttpResponseBase]:
        client = Client(raise_request_exception=True)
        client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            yield client.get(address, headers=headers) if post is None else client.post(address, post, headers=headers)
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def quiet(caplog) -> None:
    caplog.set_level(logging.CRITICAL, logger="django.request")  # refusals are what is looked for here


@pytest.fixture
def demonstration(settings) -> None:
    settings.DEMO = True
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "lilong.kernel.access.hashers.HandedOut",
    ]


@pytest.fixture
def place(db, demonstration) -> Iterator[Town]:
    with clock.pinned(town.NOW):
        yield town.build()


def visitor(kind: str, committee: Committee) -> Visitor:
    """One visitor of each kind, with the scope of one committee."""
    client = Client()
    if kind == LINK:
        later = town.NOW + timedelta(hours=8)
        token = access.make_task_link(case=committee.homes[0].ticket_id, by=town.BY, at=town.NOW, expires=later)
        client.get(f"/case/{token}")
    elif kind == OWING:
        owing = town.account("committee_worker", committee.path, "新来的", demo=False)
        client.post("/sign-in", {"username": owing.username, "password": "Xq7-long-enough-9"})
    elif kind != STRANGER:
        client.post("/sign-in", {"demo": town.account(kind, committee.path, "来访").username})
    return Visitor(kind, client)


def shut(response: HttpResponseBase, kind: str) -> bool:
    """Whether the door stayed shut, in the way that is right for this visitor."""
    if response.status_code == 405:
        return True
    if kind in {STRANGER, OWING}:
        door = "/sign-in" if kind == STRANGER else "/account/password"
        return response.status_code == 401 or response.headers.get("Location", "").startswith(door)
    return response.status_code in {401, 403}


@pytest.mark.parametrize("kind", sorted(ANYBODY))
def test_every_door_opens_for_those_it_says_and_shows_nobody_in_clear(place: Town, kind: str) -> None:
    who = visitor(kind, place.a)
    clear = tuple(secret for home in place.a.homes for secret in home.clear)
    wrong: list[tuple[object, ...]] = []
    for route, expected in ROUTES.items():
        for address in addresses(route, place.a.homes[0]):
            with who.asks(address) as got:
                wrong += found(clear, got, address)
                if kind in expected.who:
                    right = expected.get in {None, got.status_code} and not (expected.streams and shut(got, kind))
                else:
                    right = shut(got, kind)
                if not right:
                    wrong.append((address, got.status_code, got.headers.get("Location")))
            if kind not in expected.who:
                with who.asks(address, payload(place.a)) as posted:
                    if not shut(posted, kind):
                        wrong.append((f"POST {address}", posted.status_code, posted.headers.get("Location")))
    assert wrong == []


@pytest.mark.parametrize("route", [route for route, expected in ROUTES.items() if expected.tells])
def test_there_is_something_to_hide_behind_every_address_that_tells(place: Town, route: str) -> None:
    """Whoever has committee B in scope is told of it, and of nothing of A; so an empty page proves nothing below."""
    role = min(ROUTES[route].who & ACCOUNTS)
    for own, other in ((place.a, place.b), (place.b, place.a)):
        with visitor(role, own).asks(addresses(route, own.homes[0])[0]) as got:
            page = told(got)
        assert [mark for mark in own.everything if mark in page] != []
        assert [mark for mark in other.everything if mark in page] == []


@pytest.mark.parametrize("kind", sorted(ANYBODY))
def test_nobody_of_committee_a_gets_anything_of_b_or_changes_anything_there(place: Town, kind: str) -> None:
    who = visitor(kind, place.a)
    facts = Fact.objects.filter(path__startswith=place.b.path)
    before = facts.count()
    assert before > 0
    leaks = []
    for route, expected in ROUTES.items():
        for address in addresses(route, place.b.homes[0]):
            for ask in ("", *expected.asks):
                for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                    with who.asks(address + ask, **headers) as got:
                        leaks += found(place.b.everything, got, address + ask)
            with who.asks(address, payload(place.b)) as posted:
                leaks += found(place.b.everything, posted, f"POST {address}")
                if facts.count() != before:
                    leaks.append((f"POST {address}", "wrote a fact there"))
    assert leaks == []


def found(marks: tuple[str, ...], response: HttpResponseBase, address: str) -> list[tuple[str, str]]:
    """The marks that reached the visitor; what they asked for themselves is no news to them."""
    page = told(response)
    return [(address, mark) for mark in marks if mark in page and mark not in address]


def test_the_same_forms_do_change_what_is_ones_own(place: Town) -> None:
    """So the test above sends what would work, were it allowed."""
    who = visitor("committee_worker", place.a)
    ticket, facts = place.a.homes[0].ticket_id, Fact.objects.filter(path__startswith=place.a.path)
    for address in (
        f"/desk/tickets/{ticket}/note", f"/desk/tickets/{ticket}/call", f"/desk/tickets/{ticket}/no-answer",
        f"/desk/tickets/{ticket}/reveal", "/desk/rules/change",
    ):  # fmt: skip
        before = facts.count()
        with who.asks(address, payload(place.a)) as got:
            assert (address, got.status_code in {200, 302}, facts.count() > before) == (address, True, True)


def test_the_holder_of_a_link_gets_the_case_and_nothing_of_any_other(place: Town) -> None:
    who = visitor(LINK, place.a)
    own, next_door, far = (*place.a.homes, place.b.homes[0])
    with who.asks(f"/desk/tickets/{own.ticket_id}") as got:
        assert got.status_code == 200
        assert [mark for mark in own.marks if mark in told(got)] != []
    leaks = []
    others = (*next_door.marks, *next_door.clear, *place.b.everything)
    facts = Fact.objects.exclude(subject_kind="task_link")
    for route, expected in ROUTES.items():
        for home in (own, next_door, far):
            for address in addresses(route, home):
                for ask in ("", *expected.asks):
                    with who.asks(address + ask) as got:
                        leaks += found(others, got, address + ask)
                before = facts.count()
                with who.asks(address, payload(place.a)) as posted:
                    leaks += found(others, posted, f"POST {address}")
                    if facts.count() != before and home is not own:
                        leaks.append((f"POST {address}", "wrote a fact"))
    assert leaks == []


def test_the_holder_of_a_link_records_steps_on_the_case_and_ends_nothing(place: Town) -> None:
    who = visitor(LINK, place.a)
    ticket = place.a.homes[0].ticket_id
    facts = Fact.objects.filter(subject_kind="ticket", subject_id=ticket)
    for verb in STEPS:
        before = facts.count()
        with who.asks(f"/desk/tickets/{ticket}/{verb}", payload(place.a)) as got:
            assert got.status_code < 500
            assert (verb, facts.count() > before) == (verb, verb in {"call", "no-answer", "note"})
    with who.asks(f"/desk/tickets/{ticket}/reveal", payload(place.a)) as got:
        assert got.status_code == 403


def test_a_clear_number_is_there_for_whoever_names_a_purpose(place: Town) -> None:
    """So there was something to mask."""
    home = place.a.homes[0]
    with visitor("committee_worker", place.a).asks(f"/desk/tickets/{home.ticket_id}/reveal", payload(place.a)) as got:
        digits = re.sub(r"\D", "", told(got))
        assert home.clear[2] in digits


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demonstration")
def test_a_live_page_is_told_of_its_own_tickets_and_of_no_others() -> None:
    with clock.pinned(town.NOW):
        place = town.build()
        until(_all_sealed, seconds=60, what="the seal of every fact (an open transaction elsewhere holds it up)")
        streams = {route: expected for route, expected in ROUTES.items() if expected.streams}
        assert streams.keys() == NAMES.keys()
        for own, other in ((place.a, place.b), (place.b, place.a)):
            clients = {kind: visitor(kind, own) for kind in sorted({k for e in streams.values() for k in e.who})}
            for route, expected in streams.items():
                for kind in sorted(expected.who):
                    said = async_to_sync(heard)(clients[kind], f"/{route}?after=0")
                    named = [
                        home.ticket_id for home in (*own.homes, *other.homes) if NAMES[route](home.ticket_id) in said
                    ]
                    assert (route, kind, named) == (route, kind, [home.ticket_id for home in own.homes])
                    assert [mark for mark in (*other.everything, *own.homes[0].clear) if mark in said] == []


async def heard(who: Visitor, address: str) -> str:
    """What a stream says of all that has happened so far: its greeting, and one message with everything missed."""
    client = AsyncClient()
    client.cookies = SimpleCookie(who.cookies)
    parts = aiter((await client.get(address)).streaming_content)
    async with asyncio.timeout(20):
        said = [await anext(parts), await anext(parts)]
    await parts.aclose()
    return b"".join(said).decode()


def _all_sealed() -> bool:
    sealer.seal_once()
    return journal.unsealed()[0] == 0
