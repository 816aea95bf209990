"""The log of who looked at whom, compared with the sealed facts that say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lilong.kernel.journal.models import Fact, ReadEntry
from lilong.kernel.journal.report import Problem

_SHARED = ("by", "at", "subject_kind", "subject_id", "path")


def check_reads(chunk: int) -> Iterator[Problem]:
    """Entries changed, added or removed; `chunk` rows are held at a time."""
    facts = Fact.objects.filter(kind="read.revealed")
    for fact in facts.filter(read_entry=None).order_by("id").values_list("id", flat=True).iterator(chunk):
        yield Problem("read_log", 0, fact, f"the read log lacks the entry that fact {fact} tells of")
    last = 0
    while entries := list(ReadEntry.objects.filter(fact_id__gt=last).order_by("fact_id")[:chunk]):
        told = {fact.id: fact for fact in facts.filter(id__in=[entry.fact_id for entry in entries])}
        for entry in entries:
            last = entry.fact_id
            if last not in told:
                yield Problem("read_log", 0, last, f"the read log has an entry for fact {last}, which tells of no read")
            elif not _agree(entry, told[last]):
                yield Problem("read_log", 0, last, f"the read log's entry for fact {last} has been altered")


def _agree(entry: ReadEntry, fact: Fact) -> bool:
    try:
        data = json.loads(fact.data)
    except ValueError:  # altered, and named as such where the chain is walked
        return False
    return all(getattr(entry, name) == getattr(fact, name) for name in _SHARED) and data == {
        "fields": entry.fields.split(","),
        "purpose": entry.purpose,
        "route": entry.route,
    }
