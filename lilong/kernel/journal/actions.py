"""Writing facts: always in the transaction of the change they tell of, so that neither exists without the other."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from lilong.kernel.journal import digest, rows
from lilong.kernel.journal.models import ReadEntry

_COLUMNS = {
    "kind": "varchar",
    "subject_kind": "varchar",
    "subject_id": "bigint",
    "by": "varchar",
    "at": "timestamptz",
    "path": "varchar",
    "data": "text",
    "digest": "bytea",
}
_KIND = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_BY = re.compile(r"[a-z_]+:[A-Za-z0-9_.\-]+")
_DIGITS = re.compile(r"[0-9]{11}")  # asked first: it costs a twentieth of the next
# A mobile or an identity number inside a text; a bare JSON number follows one of [,: and is an id or a count.
_PERSONAL = re.compile(r"(?<![0-9.\[,:])((?:86)?1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])(?![0-9])")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class NewFact:
    """One fact to be written: kind `noun.happened`, by `account:12`, data of ids, counts, field names and codes."""

    kind: str
    subject: Subject
    by: str
    at: datetime
    path: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def write(
    kind: str, *, subject: Subject, by: str, at: datetime, path: str = "", data: Mapping[str, Any] | None = None
) -> int:
    """Write one fact and give its id.

    Raises TransactionManagementError outside `transaction.atomic`, ValueError for a malformed kind or `by`, a time
    without zone, or data that could hold a name, an address, a phone or an identity number.
    """
    return write_many((NewFact(kind, subject, by, at, path, data or {}),))[0]


def write_many(facts: Sequence[NewFact]) -> list[int]:
    """Write facts in their order and give their ids; one statement for each 500. Raises as `write` does."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a fact is written in the transaction of the change it tells of")
    adapt = connection.ops.adapt_datetimefield_value
    values = []
    for fact in facts:
        subject_kind, subject_id = fact.subject
        kind, by, at, path, data = _kind(fact.kind), _by(fact.by), fact.at, fact.path, _data(fact.data)
        if at.tzinfo is None:
            raise ValueError(f"{kind}: the time {at} has no zone; facts are kept in UTC")
        mark = digest.of_fact(kind, subject_kind, subject_id, by, at, path, data)
        values.append((kind, subject_kind, subject_id, by, adapt(at), path, data, mark))
    return rows.insert(connection, "journal_fact", _COLUMNS, values, returning="id")


def record_read(
    *,
    by: str,
    at: datetime,
    subject: Subject,
    fields: Sequence[str],
    purpose: str,
    path: str = "",
    route: str = "",
) -> int:
    """Note that `by` was shown these fields in clear, and why; gives the id of the fact `read.revealed`."""
    fact = write(
        "read.revealed",
        subject=subject,
        by=by,
        at=at,
        path=path,
        data={"fields": [*fields], "purpose": purpose, "route": route},
    )
    ReadEntry.objects.create(
        fact_id=fact,
        by=by,
        at=at,
        subject_kind=subject[0],
        subject_id=subject[1],
        fields=",".join(fields),
        purpose=purpose,
        path=path,
        route=route,
    )
    return fact


@lru_cache(maxsize=1024)
def _kind(kind: str) -> str:
    if not _KIND.fullmatch(kind) or len(kind) > 60:
        raise ValueError(f"{kind!r} is no kind of fact: noun.happened, in small letters")
    return kind


@lru_cache(maxsize=4096)
def _by(by: str) -> str:
    if not _BY.fullmatch(by) or len(by) > 80:
        raise ValueError(f"by={by!r}: say who as account:12, scenario:name, device:7, link:3 or system:name")
    return by


def _data(data: Mapping[str, Any]) -> str:
    """The canonical text of a fact's data; refuses what could name a person, since facts outlive an erasure."""
    if not data:
        return "{}"
    text = _encode(data)
    if not text.isascii() or (_DIGITS.search(text) and _PERSONAL.search(text)):
        # the text itself stays out of the message, and so out of the logs
        raise ValueError(f"a fact holds ids, counts, field names and codes, never a name, address or number: {[*data]}")
    return text
