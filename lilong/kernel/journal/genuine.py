"""Which rows are facts that this installation wrote, unchanged: asked before sealing and again by `verify`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lilong.kernel.journal import digest
from lilong.kernel.journal.models import Fact

_CONTENT = ("kind", "subject_kind", "subject_id", "by", "at", "path", "data")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the fact table: whether it is as it was written, its digest, its time (None when unreadable)."""

    genuine: bool
    digest: bytes
    at: datetime | None


def read(ids: Sequence[int]) -> dict[int, Row]:
    """The rows with these ids, by id; a removed one is absent, one that cannot even be read is not genuine."""
    rows = {}
    try:
        for fact, mark, *content in Fact.objects.filter(id__in=ids).values_list("id", "digest", *_CONTENT):
            mark = bytes(mark)
            rows[fact] = Row(digest.is_genuine(mark, *content), mark, content[_CONTENT.index("at")])
    except (TypeError, ValueError):  # SQLite keeps any text where a time should be, if somebody puts it there
        if len(ids) == 1:
            return {ids[0]: Row(False, b"", None)}
        half = len(ids) // 2
        return {**read(ids[:half]), **read(ids[half:])}
    return rows
