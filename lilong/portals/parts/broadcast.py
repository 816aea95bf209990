"""The one reader of sealed facts in a web process: it looks ten times a second, and feeds every open stream."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence

from django.db import Error, connection

from lilong.kernel.journal import queries
from lilong.kernel.journal.queries import SealedFact

EVERY_S = 0.1
PAGE = 500  # facts a look; a full page is followed at once
HELD = 1_000  # facts a stream may be behind; a slower one is let go and comes back with its Last-Event-ID
IDLE_S = 10.0  # without any stream the reader ends and gives its database connection back
_log = logging.getLogger(__name__)


class Feed:
    """What one stream has still to read. `seq`: how far the journal has been looked through for it."""

    def __init__(self, kinds: Collection[str] | None) -> None:
        self.kinds = None if kinds is None else frozenset(kinds)
        self.facts: deque[SealedFact] = deque()
        self.seq = 0
        self.lost = False
        self.woken = asyncio.Event()

    def put(self, facts: Sequence[SealedFact]) -> None:
        """Add facts of its kinds, unless it is too far behind."""
        self.facts.extend(fact for fact in facts if self.kinds is None or fact.kind in self.kinds)
        self.seq = facts[-1].seq
        if len(self.facts) > HELD:
            self.let_go()
        elif self.facts:
            self.woken.set()

    def let_go(self) -> None:
        """End the stream; the page comes back and says how far it was."""
        self.facts.clear()
        self.lost = True
        self.woken.set()


class Broadcaster:
    """Reads in a thread of its own, hands out on the event loop. The thread lives while somebody listens."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._feeds: set[Feed] = set()
        self._lock = threading.Lock()  # whether the thread runs is decided under it
        self._running = False
        self._ready = asyncio.Event()
        self._seq = 0

    async def join(self, kinds: Collection[str] | None) -> Feed:
        """A feed of everything sealed from now on; `feed.seq` is where it begins."""
        feed = Feed(kinds)
        with self._lock:
            self._feeds.add(feed)
            if not self._running:
                self._running = True
                self._ready.clear()
                threading.Thread(target=self._read, name="broadcaster", daemon=True).start()
        try:
            await self._ready.wait()
        except asyncio.CancelledError:
            self.leave(feed)
            raise
        feed.seq = max(feed.seq, self._seq)
        return feed

    def leave(self, feed: Feed) -> None:
        """The stream has ended."""
        with self._lock:
            self._feeds.discard(feed)

    def _read(self) -> None:
        try:
            self._follow()
        except Exception:  # noqa: BLE001  a reader that dies silently would freeze every page: all come back instead
            _log.exception("the reader of live pages ends; the next stream starts another")
            with self._lock:
                self._running = False
            self._on_loop(self._let_go)
        finally:
            connection.close()

    def _follow(self) -> None:
        seq: int | None = None
        pause, alone = threading.Event(), 0.0
        while not self._ends(alone):
            alone = 0.0 if self._feeds else alone + EVERY_S
            facts: list[SealedFact] = []
            try:
                if seq is None:
                    seq = queries.head()
                    self._on_loop(self._begin, seq)
                else:
                    facts = queries.after(seq, limit=PAGE)
            except Error:
                _log.warning("live pages wait: the journal cannot be read", exc_info=True)
                connection.close()
                pause.wait(1.0)
            if facts:
                seq = facts[-1].seq
                self._on_loop(self._hand_out, facts)
            # behind a full page only a breath, for the streams to send what they have
            pause.wait(EVERY_S if len(facts) < PAGE else EVERY_S / 10)

    def _ends(self, alone: float) -> bool:
        with self._lock:
            if self._loop.is_closed() or (alone >= IDLE_S and not self._feeds):
                self._running = False
            return not self._running

    def _on_loop(self, do: Callable[..., None], *words: object) -> None:
        """Have it done on the event loop, and wait until it is: the reader never runs away from the streams."""
        done = threading.Event()

        def both() -> None:
            do(*words)
            done.set()

        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            self._loop.call_soon_threadsafe(both)
            while not done.wait(EVERY_S) and not self._loop.is_closed():
                pass

    def _begin(self, seq: int) -> None:
        self._seq = seq
        self._ready.set()

    def _hand_out(self, facts: Sequence[SealedFact]) -> None:
        self._seq = facts[-1].seq
        for feed in self._feeds:
            feed.put(facts)

    def _let_go(self) -> None:
        self._ready.set()  # for those who have just come
        for feed in self._feeds:
            feed.let_go()


_of_loop: dict[asyncio.AbstractEventLoop, Broadcaster] = {}


def broadcaster() -> Broadcaster:
    """The broadcaster of the running event loop, made when it is first asked for."""
    for closed in [loop for loop in _of_loop if loop.is_closed()]:
        del _of_loop[closed]
    loop = asyncio.get_running_loop()
    return _of_loop.setdefault(loop, Broadcaster(loop))
