"""The walk along the seals: each number there, each fact as it was written, each link following the one before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lilong.kernel.journal import digest, genuine
from lilong.kernel.journal.models import Seal
from lilong.kernel.journal.report import Problem

CHUNK = 2_000


class Link(NamedTuple):
    """One seal as the database holds it."""

    seq: int
    fact: int
    chain: bytes


def walk() -> Iterator[tuple[Link, list[Problem]]]:
    """Every seal in order with what is wrong about it, a chunk of rows in memory at a time."""
    seq = 0
    before: tuple[bytes, ...] = (digest.GENESIS,)  # what the next link may follow from; nothing where that is lost
    seals = Seal.objects.order_by("seq").values_list("seq", "fact_id", "chain")
    while chunk := list(seals.filter(seq__gt=seq)[:CHUNK]):
        facts = genuine.read([fact for _, fact, _ in chunk])
        for link in (Link(number, fact, _bytes(chain)) for number, fact, chain in chunk):
            problems = []
            if link.seq != seq + 1:
                problems.append(_gap(seq + 1, link.seq - 1))
                before = ()
            row = facts.get(link.fact)
            problem = _wrong(link, row, before)
            before, seq = (link.chain, *_instead(link, row, before, problem)), link.seq
            yield link, problems + ([problem] if problem else [])


def _wrong(link: Link, row: genuine.Row | None, before: tuple[bytes, ...]) -> Problem | None:
    """What is wrong with one seal and its fact."""
    if row is None:
        return Problem("removed", *link[:2], f"fact {link.fact}, sealed as {link.seq}, has been removed")
    if not row.genuine:
        return Problem("content", *link[:2], f"fact {link.fact}, sealed as {link.seq}, has been altered")
    if before and not any(digest.follows(link.chain, one, *link[:2], row.digest) for one in before):
        words = f"fact {link.fact}, sealed as {link.seq}, was re-ordered or exchanged, or its seal edited"
        return Problem("order", *link[:2], words)
    return None


def _instead(link: Link, row: genuine.Row | None, before: tuple[bytes, ...], problem: Problem | None) -> list[bytes]:
    """The chain as it should be at a broken link: the next one may follow from it, so that one wrong is named once."""
    if row is None or problem is None or problem.kind != "order":
        return []
    return [digest.link(before[0], *link[:2], row.digest)]


def _gap(first: int, last: int) -> Problem:
    return Problem(
        "gap", first, 0, f"seal {first} is missing" if first == last else f"seals {first} to {last} are missing"
    )


def _bytes(value: bytes | memoryview | str) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)  # SQLite keeps text, if somebody puts it there
