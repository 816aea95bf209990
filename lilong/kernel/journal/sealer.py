"""The one loop that gives committed facts their dense numbers and chains them; the worker process runs it."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from itertools import islice

from django.db import Error, connection, transaction

from lilong.kernel.journal import digest, genuine, head, rows
from lilong.kernel.journal.models import Fact, Seal
from lilong.kernel.journal.waiting import Waiting

PAUSE_S = 0.025  # between looks; with commit and head file a fact is sealed within the 50 ms of DESIGN §3
_BATCH = 1_000
_COLUMNS = {"seq": "bigint", "fact_id": "bigint", "chain": "bytea"}
_LOCK = 0x6C696C6F6E67  # "lilong": one sealer per PostgreSQL database, a second waits its turn
_log = logging.getLogger(__name__)


class Sealer:
    """Seals batch after batch. Any number may run: each batch continues what the database holds, under a lock."""

    def __init__(self) -> None:
        self.sealed = 0
        self._waiting = Waiting()
        self._reached: tuple[int, bytes] | None = None
        self._head: head.Head | None = None

    def step(self) -> int:
        """Take up to 1,000 waiting facts, seal them in one transaction, write the head file; gives how many it took."""
        self._waiting.refill()
        if not (ids := list(islice(self._waiting.ids, _BATCH))):
            return 0
        facts = _genuine(ids)
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            seq, last, chain = _last()
            # only another sealer can have been here since our last batch
            already = set() if (seq, chain) == self._reached else _sealed(ids)
            self._compare(seq, last, chain)
            seals = []
            for fact, mark in facts:
                if fact not in already:
                    seq, chain = seq + 1, digest.link(chain, seq + 1, fact, mark)
                    seals.append((seq, fact, chain))
            if seals:
                rows.insert(connection, "journal_seal", _COLUMNS, seals)
                transaction.on_commit(partial(self._write_head, head.at_last(*seals[-1])))
        self._reached = (seq, chain)
        for _ in ids:
            self._waiting.ids.popleft()
        self.sealed += len(seals)
        return len(ids)

    def _write_head(self, new: head.Head) -> None:
        head.save(new)
        self._head = new

    def _compare(self, seq: int, fact: int, chain: bytes) -> None:
        """Before the head file is replaced: does the database still hold what the file says it held?

        If not, sealing goes on, since people wait for what the facts set in motion; but the old file is kept, and
        `verify` names it until somebody has looked into it.
        """
        known, ours = self._head, True
        if known is None:
            try:
                known = head.load()
            except head.HeadForgedError:
                ours = False
        if known is None or ((known.seq, known.chain) != (seq, chain.hex()) and not stands(known)):
            if known is not None or seq or not ours:
                _log.error("the journal's head and the database disagree; kept as %s", head.set_aside())
            # an empty journal gets its file before the first seal: from then on a missing file means something
            known = head.at_last(seq, fact, chain)
            head.save(known)
        self._head = known


def seal_once() -> int:
    """Seal everything that waits now and give the number of facts sealed; for tests, commands and a clean stop.

    Inside `transaction.atomic` the head file follows with the caller's commit.
    """
    sealer = Sealer()
    while sealer.step():
        pass
    return sealer.sealed


def seal_all(within: float = 30.0) -> int:
    """Seal until nothing waits and give how many; for commands and tests, outside a transaction.

    On PostgreSQL a transaction open anywhere in the cluster holds younger facts back, so this waits for it, `within`
    seconds at the most. Raises TimeoutError.
    """
    until, sealed = time.monotonic() + within, 0
    while (taken := seal_once()) or Fact.objects.filter(seal=None).exists():
        sealed += taken
        if time.monotonic() > until:
            raise TimeoutError(f"facts stay unsealed: another transaction has been open for over {within:g} s")
        time.sleep(0.01)
    return sealed


def run(stop: threading.Event) -> None:
    """Seal until `stop` is set, then once more what is left. A failing database is waited for, never given up."""
    sealer = Sealer()
    while True:
        stopping = stop.is_set()
        try:
            taken = sealer.step()
        except (Error, OSError):
            _log.exception("sealing failed; trying again")
            connection.close()
            sealer, taken = Sealer(), 0
            stop.wait(1.0)
        if stopping and taken < _BATCH:
            break
        if not taken:
            stop.wait(PAUSE_S)
    connection.close()


def stands(known: head.Head) -> bool:
    """Whether the database holds the seal a head tells of, unchanged; the empty journal (seal 0) always stands."""
    chain = Seal.objects.filter(seq=known.seq).values_list("chain", flat=True).first()
    return known.seq == 0 or (chain is not None and bytes(chain).hex() == known.chain)


def _last() -> tuple[int, int, bytes]:
    last = Seal.objects.order_by("-seq").values_list("seq", "fact_id", "chain").first()
    return (last[0], last[1], bytes(last[2])) if last else (0, 0, digest.GENESIS)


def _sealed(ids: list[int]) -> set[int]:
    return set(Seal.objects.filter(fact_id__in=ids).values_list("fact_id", flat=True))


def _genuine(ids: list[int]) -> list[tuple[int, bytes]]:
    """Those of `ids` that were written under our key, in that order, with their digests; others stay outside."""
    found = genuine.read(ids)
    for fact in (fact for fact, row in found.items() if not row.genuine):
        _log.error("fact %d was not written by this installation, or changed since: it stays unsealed", fact)
    return [(fact, found[fact].digest) for fact in ids if fact in found and found[fact].genuine]
