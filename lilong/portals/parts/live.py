"""Live pages: sealed facts as server-sent events, and the same by asking again where a stream does not come through."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import Error, connections
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from lilong.kernel.access import standing
from lilong.kernel.access.request import Request
from lilong.kernel.access.viewer import ANONYMOUS, Viewer
from lilong.kernel.journal import queries
from lilong.kernel.journal.queries import SealedFact
from lilong.kit import clock
from lilong.portals.parts.broadcast import Feed, broadcaster

RETRY_MS = 2_000
HEARTBEAT_S = 15.0
CHECK_S = 60.0  # between looks at whether the session still stands
REPLAYED = 5_000  # facts a page may be behind; beyond that it loads itself anew
_PAGE = 500
_LINE = re.compile(r"\r\n|\r|\n")  # what an event stream takes for the end of a line, and no more
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """What a page is told: the event's name, and its data as text (usually JSON)."""

    name: str
    data: str


RELOAD = Event("reload", "{}")
"""The page is too far behind to be told what it missed."""

Render = Callable[[SealedFact, Viewer], Event | None]
"""Pure, since it runs on the event loop: no query. None says nothing to this viewer."""

Kinds = Collection[str] | None
P = ParamSpec("P")
R = TypeVar("R")


async def stream(request: Request, render: Render, *, verb: str = "", kinds: Kinds = None) -> HttpResponseBase:
    """An event stream of what `render` makes of each sealed fact (of these `kinds`), for a viewer who may `verb`.

    Begins behind `Last-Event-ID`, or behind `?after=` (the journal's head when the page was drawn), or now. With
    `?still=1` there is none (204, after which browsers do not ask again). Ends when the session does.
    """
    if request.GET.get("still") == "1":
        return HttpResponse(status=204)
    if not _allowed(request.viewer, verb):
        return HttpResponse(status=403)
    since = _number(request.headers.get("Last-Event-ID") or request.GET.get("after"))
    response = StreamingHttpResponse(_bytes(request, render, verb, kinds, since), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def poll(request: Request, render: Render, since: int | None, *, verb: str = "", kinds: Kinds = None) -> HttpResponse:
    """The same as JSON, for a page that asks every few seconds: `{"seq", "reload", "events": [{id, name, data}]}`.

    `since` is the `seq` of the answer before; without it only the present `seq` is told.
    """
    if not _allowed(request.viewer, verb):
        return HttpResponse(status=403)
    head, facts = _missed(since, kinds)
    told = [(fact.seq, _rendered(render, fact, request.viewer)) for fact in facts or ()]
    events = [{"id": seq, "name": event.name, "data": event.data} for seq, event in told if event]
    answer = JsonResponse({"seq": head, "reload": facts is None, "events": events})
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _bytes(request: Request, render: Render, verb: str, kinds: Kinds, since: int | None) -> AsyncIterator[str]:
    await sync_to_async(_give_back)()  # what sign-in and middleware opened, in the request's own thread
    yield f"retry: {RETRY_MS}\n\n"
    hub = broadcaster()
    feed = await hub.join(kinds)
    try:
        sent = 0
        if since is not None:
            try:
                sent, facts = await _apart(_missed, since, kinds)  # what is sealed meanwhile waits in the feed
            except Error:
                return  # the page comes back, with the same Last-Event-ID
            if missed := _message(sent, RELOAD) if facts is None else _messages(facts, render, request.viewer):
                yield missed
        async for part in _told(request, render, verb, feed, sent):
            yield part
    finally:
        hub.leave(feed)


async def _told(request: Request, render: Render, verb: str, feed: Feed, sent: int) -> AsyncIterator[str]:
    """What comes in, with a heartbeat, while the session stands and the page keeps up."""
    viewer, now = request.viewer, time.monotonic()
    beat, check = now + HEARTBEAT_S, now + CHECK_S
    while not feed.lost:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(feed.woken.wait(), min(beat, check) - time.monotonic())
        feed.woken.clear()
        facts = [fact for fact in feed.facts if fact.seq > sent]
        feed.facts.clear()
        if facts:
            sent = facts[-1].seq
            if messages := _messages(facts, render, viewer):
                yield messages
        if (now := time.monotonic()) >= check:
            viewer = await _apart(_still, request.session.session_key, standing.is_local(request))
            if not _allowed(viewer, verb):
                return
            check = now + CHECK_S
        if now >= beat:
            # the number alone, so that a page to which nothing was told for hours is not taken for one far behind
            yield f": still there\nid: {sent if feed.facts else max(sent, feed.seq)}\n\n"
            beat = now + HEARTBEAT_S


def _messages(facts: Collection[SealedFact], render: Render, viewer: Viewer) -> str:
    told = ((fact.seq, _rendered(render, fact, viewer)) for fact in facts)
    return "".join(_message(seq, event) for seq, event in told if event)


def _message(seq: int, event: Event) -> str:
    data = "".join(f"data: {line}\n" for line in _LINE.split(event.data))
    return f"id: {seq}\nevent: {event.name}\n{data}\n"


def _rendered(render: Render, fact: SealedFact, viewer: Viewer) -> Event | None:
    try:
        return render(fact, viewer)
    except Exception:  # noqa: BLE001  one fact a page cannot show must not end its stream, and again at each return
        _log.exception("fact %d (%s) could not be shown", fact.seq, fact.kind)
        return None


def _missed(since: int | None, kinds: Kinds) -> tuple[int, list[SealedFact] | None]:
    """The journal's head and the facts of these kinds up to there; None for too many, or a number yet to come."""
    head = queries.head()
    if since is None:
        return head, []
    if not head - REPLAYED <= since <= head:
        return head, None
    facts: list[SealedFact] = []
    while page := queries.after(facts[-1].seq if facts else since, limit=_PAGE, kinds=kinds):
        facts += page
        if len(page) < _PAGE:
            break
    return (max(head, facts[-1].seq) if facts else head), facts


def _still(session_key: str | None, local: bool) -> Viewer:
    """Who the session stands for now, read afresh; nobody while that cannot be read."""
    try:
        return standing.of_key(session_key, local=local, at=clock.now(), real=time.time()).viewer
    except Error:
        _log.warning("a live page was let go: its session cannot be read", exc_info=True)
        return ANONYMOUS


async def _apart(do: Callable[P, R], *words: P.args, **named: P.kwargs) -> R:
    """Run it in a thread of the pool, which keeps no database connection afterwards."""

    def both() -> R:
        try:
            return do(*words, **named)
        finally:
            _give_back()

    return await sync_to_async(both, thread_sensitive=False)()


def _give_back() -> None:
    """Close this thread's database connections: a stream that waits for hours holds none."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def _allowed(viewer: Viewer, verb: str) -> bool:
    return viewer.known and (not verb or viewer.may(verb))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
