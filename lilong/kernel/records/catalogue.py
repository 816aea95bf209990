"""Knows every kind of record that a filter may ask about: each block declares its own in `records.toml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from lilong.kernel.records.declared import ROOT, DeclarationError, Sensitivity, Strict, Type, check, read, walk


class Value(Strict):
    """One column of a record kind that a filter may read; `codes` are the words a code may be, with their Chinese."""

    title: str
    column: str
    type: Type
    codes: dict[str, str] = Field(default_factory=dict)


class RecordKind(Strict):
    """Where the records of one kind about one kind of subject lie.

    `key` is the column that holds the subject's id, `time` the column that says when, `id` the record's own key.
    `where` says which rows count, in SQL over the alias `r`; without it, all do.
    """

    title: str
    table: str
    key: str
    time: str
    time_type: Type = "timestamp"
    id: str = "id"
    where: str = ""
    sensitivity: Sensitivity
    values: dict[str, Value] = Field(default_factory=dict)


@cache
def kinds(subject: str, root: Path = ROOT) -> dict[str, RecordKind]:
    """The kinds declared about `subject` (person, home, …) by their names. Raises DeclarationError for a bad file."""
    return _all(root).get(subject, {})


@cache
def _all(root: Path) -> dict[str, dict[str, RecordKind]]:
    found: dict[str, dict[str, RecordKind]] = {}
    for path in walk("records.toml", root):
        for subject, tables in read(path, root).items():
            known = found.setdefault(subject, {})
            for name, table in tables.items():
                if name in known:
                    raise DeclarationError(
                        f"{path.relative_to(root.parent)}: {subject}.{name}: another block declares it already"
                    )
                known[name] = check(RecordKind, table, path, subject, name, root=root)
    return found
