"""Live pages: nobody misses a fact, nobody is told what is not theirs, and waiting costs no database connection."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.access import actions as access
from lilong.kernel.access import standing
from lilong.kernel.access.models import Account
from lilong.kernel.access.viewer import ANONYMOUS, Viewer
from lilong.kernel.journal import actions, queries, sealer
from lilong.kernel.journal.models import Fact
from lilong.kernel.journal.queries import SealedFact
from lilong.portals.parts import broadcast, live

AT = datetime(2026, 1, 5, 6, 10, tzinfo=UTC)  # grants begin here: before any day the server may think it is
WORKER = Viewer(by="account:1", account_id=1, roles=frozenset({"committee_worker"}), scope=frozenset({"/1/4/"}))
KINDS = {"ticket.opened", "ticket.broken"}


def render(fact: SealedFact, viewer: Viewer) -> live.Event | None:
    if fact.kind == "ticket.broken":
        raise LookupError(fact.id)
    return live.Event("ticket", json.dumps(fact.subject_id)) if viewer.sees(fact.path) else None


async def tickets_live(request: HttpRequest) -> HttpResponse:
    return await live.stream(request, render, verb="brain.view", kinds=KINDS)


def tickets_poll(request: HttpRequest) -> HttpResponse:
    since = request.GET.get("since")
    return live.poll(request, render, int(since) if since else None, verb="brain.view", kinds=KINDS)


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{Fact.objects.count()} facts for {request.viewer.name}")


urlpatterns = [path("page", page), path("live", tickets_live), path("poll", tickets_poll)]

SERVE = """
import sys
from lilong import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.ROOT_URLCONF = "lilong.portals.parts.test_live"
from lilong.asgi import application
from lilong.portals.parts import live
live.HEARTBEAT_S, live.CHECK_S = float(sys.argv[3]), float(sys.argv[4])
import uvicorn
uvicorn.run(application, port=int(sys.argv[2]), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
"""

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # sockets of streams cut in mid-flight


def write(*subjects: int, kind: str = "ticket.opened", at: str = "/1/4/9/") -> None:
    with transaction.atomic():
        actions.write_many([actions.NewFact(kind, ("ticket", n), "account:1", AT, at) for n in subjects])
    sealer.seal_all()


@pytest.fixture
def sign_in(settings) -> Callable[..., str]:
    """Adds an account by the real action and gives the session key of somebody who is in."""
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, "lilong.kernel.access.hashers.HandedOut"]

    def one(role: str = "wall", *, seen_ago: float = 0.0) -> str:
        password = "水表-与-弄堂-2026"
        named = {"username": f"u{time.monotonic_ns()}", "name": "大屏", "role": role, "paths": ["/1/4/"]}
        account = Account.objects.get(pk=access.add_account(**named, password=password, by="system:test", at=AT))
        access.set_own_password(account=account, password=password, at=AT)
        client = Client()
        client.force_login(account)
        session = client.session
        session.update({standing.SEEN: time.time() - seen_ago, standing.FACTOR: True})
        session.save()
        return session.session_key

    return one


class Server:
    """A real web process over the test database."""

    def __init__(self, *, heartbeat: float = 15.0, check: float = 60.0) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        words = [str(connection.settings_dict["NAME"]), str(self.port), str(heartbeat), str(check)]
        self.process = subprocess.Popen([sys.executable, "-c", SERVE, *words], env=os.environ.copy())
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < until and self.process.poll() is None, "the server does not come up"
                time.sleep(0.05)

    async def get(self, path: str, session: str, **headers: str) -> tuple[int, asyncio.StreamReader]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        named = {"Host": "127.0.0.1", "Cookie": f"sessionid={session}", "Connection": "close"} | headers
        lines = [f"GET {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in named.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        status = int((await reader.readline()).split()[1])
        while (await reader.readline()).strip():
            pass
        reader.keep = writer  # closed with the reader, not before
        return status, reader


@pytest.fixture
def serve(transactional_db) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def one(**settings: float) -> Server:
        servers.append(Server(**settings))
        return servers[-1]

    yield one
    for server in servers:
        server.process.kill()
        server.process.wait()


async def apart(do: Callable[..., object], *words: object) -> object:
    """In a thread, which keeps no connection that would outlive the test."""

    def both() -> object:
        try:
            return do(*words)
        finally:
            connection.close()

    return await asyncio.to_thread(both)


async def until_line(reader: asyncio.StreamReader, wanted: str, within: float = 20.0) -> list[str]:
    """Lines up to the wanted one, without the sizes of HTTP's chunks."""
    lines: list[str] = []
    async with asyncio.timeout(within):
        while not (lines and lines[-1] == wanted):
            line = await reader.readline()
            assert line, f"the stream ended before {wanted!r}: {lines}"
            if not re.fullmatch(rb"[0-9a-f]*\r\n", line):
                lines.append(line.decode().rstrip("\n"))
    return lines


async def ended(reader: asyncio.StreamReader, within: float) -> str:
    async with asyncio.timeout(within):
        return (await reader.read()).decode()


def test_two_hundred_streams_hold_no_connection_and_all_are_told(serve, sign_in) -> None:
    """PostgreSQL takes 100 connections: where streams kept theirs, 100 of 200 got an error (measured beforehand)."""
    streams, pages = (200, 60) if connection.vendor == "postgresql" else (20, 10)
    session, server = sign_in(), serve()

    def held() -> int:
        if connection.vendor != "postgresql":
            return 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]

    async def visit() -> list[tuple[int, bytes]]:
        async def load() -> tuple[int, bytes]:
            status, reader = await server.get("/page", session)
            return status, await reader.read()

        return await asyncio.gather(*(load() for _ in range(pages)))

    async def story() -> None:
        opened = await asyncio.gather(*(server.get("/live", session) for _ in range(streams)))
        assert [status for status, _ in opened] == [200] * streams
        await asyncio.gather(*(until_line(reader, "retry: 2000") for _, reader in opened))
        answers = await visit()
        assert {status for status, _ in answers} == {200}
        assert all("大屏".encode() in body for _, body in answers)
        await apart(write, 7)
        told = await asyncio.gather(*(until_line(reader, "data: 7") for _, reader in opened))
        assert all("event: ticket" in lines for lines in told)
        assert await apart(held) < 30

    asyncio.run(story())


def test_whoever_comes_back_is_told_what_was_missed_once_and_in_order(serve, sign_in) -> None:
    session, server = sign_in(), serve()
    sealer.seal_all()
    drawn = queries.head()
    write(1, 2)
    write(3, at="/1/5/")
    write(4, kind="ticket.noted")
    write(5, kind="ticket.broken")

    async def story() -> None:
        _, late = await server.get(f"/live?after={drawn}", session)
        lines = await until_line(late, "data: 2")
        assert [line for line in lines if line.startswith(("id", "data"))] == [
            f"id: {drawn + 1}", "data: 1", f"id: {drawn + 2}", "data: 2",
        ]  # fmt: skip
        await apart(write, 6)
        assert [line for line in await until_line(late, "data: 6") if line.startswith("data")] == ["data: 6"]
        _, back = await server.get("/live?after=0", session, Last_Event_ID=str(drawn + 1))
        lines = await until_line(back, "data: 6")
        assert [line for line in lines if line.startswith("data")] == ["data: 2", "data: 6"]
        _, mistaken = await server.get("/live", session, Last_Event_ID="999999999")
        lines = await until_line(mistaken, "data: {}")
        assert lines[-3:-1] == [f"id: {queries_head}", "event: reload"]

    queries_head = drawn + 6
    asyncio.run(story())


def test_a_stream_beats_and_ends_with_its_session_and_keeps_no_session_alive(serve, sign_in) -> None:
    server = serve(heartbeat=0.4, check=0.3)
    staying, leaving = sign_in(), sign_in()
    idle = sign_in("committee_worker", seen_ago=standing.IDLE.total_seconds() - 4)

    async def story() -> None:
        (_, stays), (_, leaves), (status, idles) = [await server.get("/live", s) for s in (staying, leaving, idle)]
        assert status == 200
        await apart(write, 8)
        for reader in (stays, leaves, idles):
            await until_line(reader, "data: 8")
        await until_line(stays, f"id: {seq}")
        await apart(standing.import_module("django.contrib.sessions.models").Session.objects.filter(pk=leaving).delete)
        await ended(leaves, within=10)
        await ended(idles, within=15)
        await until_line(stays, ": still there")
        assert (await server.get("/live", leaving))[0] == 403

    sealer.seal_all()
    seq = queries.head() + 1
    asyncio.run(story())


@pytest.fixture
def request_of(rf: RequestFactory) -> Callable[..., HttpRequest]:
    def one(viewer: Viewer = WORKER, path: str = "/live", **headers: str) -> HttpRequest:
        request = rf.get(path, headers=headers)
        request.viewer = viewer
        return request

    return one


def test_nobody_without_the_right_gets_a_stream(request_of) -> None:
    auditor = Viewer(by="account:2", account_id=2, roles=frozenset({"auditor"}), scope=frozenset({"/"}))
    for viewer in (ANONYMOUS, auditor):
        assert asyncio.run(tickets_live(request_of(viewer))).status_code == 403
        assert tickets_poll(request_of(viewer)).status_code == 403
    allowed = asyncio.run(tickets_live(request_of()))
    assert (allowed.status_code, allowed["Content-Type"]) == (200, "text/event-stream")
    assert (allowed["Cache-Control"], allowed["X-Accel-Buffering"]) == ("no-store", "no")


def test_a_still_page_gets_no_stream_and_is_not_asked_again(request_of) -> None:
    assert asyncio.run(tickets_live(request_of(path="/live?still=1"))).status_code == 204


@pytest.mark.django_db
def test_asking_again_tells_the_same(request_of, monkeypatch) -> None:
    def ask(since: object = "") -> dict[str, object]:
        return json.loads(tickets_poll(request_of(path=f"/poll?since={since}")).content)

    assert ask() == {"seq": 0, "reload": False, "events": []}
    write(1)
    write(2, at="/1/5/")
    write(3, kind="ticket.noted")
    write(4, kind="ticket.broken")
    write(5)
    assert ask() == {"seq": 5, "reload": False, "events": []}
    told = [{"id": 1, "name": "ticket", "data": "1"}, {"id": 5, "name": "ticket", "data": "5"}]
    assert ask(0) == {"seq": 5, "reload": False, "events": told}
    assert ask(1) == {"seq": 5, "reload": False, "events": told[1:]}
    assert ask(6) == {"seq": 5, "reload": True, "events": []}
    monkeypatch.setattr(live, "REPLAYED", 3)
    assert ask(2)["events"] == told[1:]
    assert ask(1) == {"seq": 5, "reload": True, "events": []}


@pytest.mark.django_db
def test_more_than_a_page_of_missed_facts_comes_whole(request_of) -> None:
    write(*range(1_201))
    answer = json.loads(tickets_poll(request_of(path="/poll?since=1")).content)
    assert [event["id"] for event in answer["events"]] == list(range(2, 1_202))


def test_a_stream_too_slow_is_let_go() -> None:
    feed = broadcast.Feed(None)
    fact = SealedFact(1, 1, "ticket.opened", "ticket", 1, "account:1", AT, "/1/", {})
    feed.put([fact] * broadcast.HELD)
    assert (len(feed.facts), feed.lost) == (broadcast.HELD, False)
    feed.put([fact])
    assert (len(feed.facts), feed.lost, feed.woken.is_set()) == (0, True, True)


def test_a_feed_holds_only_its_kinds_and_knows_how_far_was_looked() -> None:
    feed = broadcast.Feed({"ticket.opened"})
    facts = [
        SealedFact(n, n, kind, "x", 1, "account:1", AT, "", {}) for n, kind in enumerate(["a.b", "ticket.opened"], 3)
    ]
    feed.put(facts[:1])
    assert (list(feed.facts), feed.seq, feed.woken.is_set()) == ([], 3, False)
    feed.put(facts)
    assert (list(feed.facts), feed.seq, feed.woken.is_set()) == (facts[1:], 4, True)


async def resting() -> None:
    async with asyncio.timeout(10):
        while any(thread.name == "broadcaster" for thread in threading.enumerate()):
            await asyncio.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_the_reader_rests_while_nobody_listens_and_starts_again(monkeypatch) -> None:
    monkeypatch.setattr(broadcast, "IDLE_S", 0.2)

    async def story() -> None:
        for number in (1, 2):
            hub = broadcast.broadcaster()
            feed = await hub.join(None)
            await apart(write, number)
            async with asyncio.timeout(10):
                await feed.woken.wait()
            assert [fact.subject_id for fact in feed.facts] == [number]
            hub.leave(feed)
            await resting()
            await apart(write, 99)  # nobody is there to be told

    asyncio.run(story())


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_fails_lets_everybody_go_and_the_next_stream_starts_another(monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(broadcast._log, "exception", said.append)

    async def story() -> None:
        hub = broadcast.broadcaster()
        with monkeypatch.context() as broken:
            broken.setattr(queries, "after", lambda *_, **__: 1 / 0)
            feed = await hub.join(None)
            async with asyncio.timeout(10):
                await feed.woken.wait()
            assert feed.lost
            hub.leave(feed)
        again = await hub.join(None)
        await apart(write, 3)
        async with asyncio.timeout(10):
            await again.woken.wait()
        assert ([fact.subject_id for fact in again.facts], again.lost) == ([3], False)
        hub.leave(again)
        await resting()

    monkeypatch.setattr(broadcast, "IDLE_S", 0.2)
    asyncio.run(story())
    assert said == ["the reader of live pages ends; the next stream starts another"]


@given(st.text())
def test_any_text_arrives_as_it_was_sent(text: str) -> None:
    """Read back as the HTML standard has it (server-sent events, event stream interpretation)."""
    lines = live._message(5, live.Event("ticket", text)).split("\n")
    assert lines[:2] == ["id: 5", "event: ticket"]
    assert lines[-2:] == ["", ""]
    data = [line.removeprefix("data: ") for line in lines[2:-2]]
    assert not any("\r" in line for line in data)
    assert "\n".join(data) == text.replace("\r\n", "\n").replace("\r", "\n")
