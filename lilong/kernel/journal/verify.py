"""Proof that the journal is whole: every content, the dense numbers, the chain, its end, and the log of reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Min

from lilong.kernel.journal import genuine, guard, head
from lilong.kernel.journal.chain import CHUNK, Link, walk
from lilong.kernel.journal.models import Fact, Seal
from lilong.kernel.journal.reads import check_reads
from lilong.kernel.journal.report import Problem, Report
from lilong.kit import clock

_PATIENCE_S = 600  # real time; the sealer needs 50 ms, so ten minutes without a seal are no hurry of the moment

Heads = dict[int, list[head.Head]]


def check(*, at: datetime | None = None, progress: Callable[[int, int], None] | None = None) -> Report:
    """Read the whole journal, in chunks, and name everything that is not as it was written.

    `at` is the installation's time: facts unsealed for over ten real minutes are then named too. `progress` is told
    how many facts of how many are done.
    """
    heads, problems = _heads()  # before the database: it may move on meanwhile, never back
    total = Fact.objects.count()
    last = Link(0, 0, b"")
    for last, found in walk():
        problems.extend(found)
        problems.extend(_rewritten(last, heads))
        if progress and (last.seq % CHUNK == 0 or last.seq == total):
            progress(last.seq, max(last.seq, total))
    problems.extend(_beyond(last, heads))
    problems.extend(_copies())
    unsealed, found = _unsealed(at)
    problems.extend(found)
    problems.extend(check_reads(CHUNK))
    for table in guard.missing(connection):
        problems.append(Problem("guard", 0, 0, f"{table}: the triggers that refuse changes have been removed"))
    return Report(facts=last.seq, unsealed=unsealed, problems=tuple(problems))


def _heads() -> tuple[Heads, list[Problem]]:
    """The present head and those set aside, by number; a file that is missing or not ours is a problem."""
    heads: Heads = {}
    problems = []
    present = head.file()
    if not present.exists() and Seal.objects.exists():
        problems.append(Problem("head", 0, 0, f"{present.name} is missing: the end of the journal cannot be proved"))
    for file in (present, *head.kept()):
        try:
            known = head.load(file)
        except head.HeadForgedError:
            missed = file != present and not file.stat().st_size
            words = "was missing when sealing went on" if missed else "was not written by this installation"
            problems.append(Problem("head", 0, 0, f"{file.name}: the head of the chain {words}"))
            continue
        if known and known.seq:
            heads.setdefault(known.seq, []).append(known)
    return heads, problems


def _rewritten(link: Link, heads: Heads) -> Iterator[Problem]:
    for known in heads.get(link.seq, ()):
        if known.chain != link.chain.hex():
            words = f"seal {link.seq} is not the one noted at {known.at}: the journal was cut before it, or rewritten"
            yield Problem("tail", link.seq, link.fact, words)


def _beyond(last: Link, heads: Heads) -> Iterator[Problem]:
    for known in (known for seq in sorted(heads) if seq > last.seq for known in heads[seq]):
        words = (
            f"the journal ends at seal {last.seq}, but at {known.at} it reached {known.seq} (fact {known.fact}): "
            "its last facts were removed, or an older database was put back"
        )
        yield Problem("tail", known.seq, known.fact, words)


def _copies() -> Iterator[Problem]:
    """Two facts with one nonce: somebody without the key wrote an old fact again."""
    twice = Fact.objects.values("digest").annotate(n=Count("id"), first=Min("id"), again=Max("id")).filter(n__gt=1)
    for found in twice:
        yield Problem("copied", 0, found["again"], f"fact {found['again']} is a copy of fact {found['first']}")


def _unsealed(at: datetime | None) -> tuple[int, list[Problem]]:
    """How many facts wait for a seal, and which of them are not genuine or have waited too long."""
    problems: list[Problem] = []
    waiting = Fact.objects.filter(seal=None).order_by("id").values_list("id", flat=True)
    count = last = 0
    while ids := list(waiting.filter(id__gt=last)[:CHUNK]):
        count, last = count + len(ids), ids[-1]
        for fact, row in sorted(genuine.read(ids).items()):
            if not row.genuine:
                words = f"fact {fact}, not sealed, was not written by this installation, or altered since"
                problems.append(Problem("content", 0, fact, words))
            elif at and row.at and clock.clock().real_seconds(at - row.at) > _PATIENCE_S:
                words = f"fact {fact} of {row.at:%Y-%m-%d %H:%M:%S} UTC waits for its seal: is the worker running?"
                problems.append(Problem("unsealed", 0, fact, words))
    return count, problems
