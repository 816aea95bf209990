"""Knows what filters may ask about each kind of subject: blocks declare it in `attributes.toml` beside their models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import Field, model_validator

from lilong.kernel.records.catalogue import RecordKind, kinds
from lilong.kernel.records.declared import ROOT, DeclarationError, Form, Sensitivity, Strict, Type, check, read, walk


class Attribute(Strict):
    """One thing known of each subject: SQL over the alias `p` (NULL is unknown), or a filter over other attributes.

    `turns` is needed where the SQL asks for the moment `:at`: a SELECT of the next moment at which any answer changes.
    """

    title: str
    type: Type
    sensitivity: Sensitivity
    source: str
    sql: str = ""
    filter: str = ""
    turns: str = ""
    codes: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_definition(self) -> Attribute:
        if bool(self.sql) == bool(self.filter):
            raise ValueError("an attribute has either sql or filter")
        if (":at" in self.sql) != bool(self.turns):
            raise ValueError("sql with :at and turns go together")
        if self.filter and self.type != "boolean":
            raise ValueError("what a filter defines is boolean")
        return self


class Relation(Strict):
    """Others who stand in a relation to the subject: a SELECT over `p` whose alias `o` is the other.

    `known` is the boolean attribute that says whether we know at all; where it is not true, the answer is unknown.
    """

    title: str
    subject: str
    known: str
    rows: str


class _Subject(Strict):
    """A kind of subject: its table, key and place path, and which rows are present at all (SQL over `p`)."""

    title: str
    table: str
    key: str
    path: str
    present: str


@dataclass(frozen=True)
class Vocabulary:
    """Everything a filter about one kind of subject may name."""

    subject: str
    title: str
    table: str
    key: str
    path: str
    present: str
    attributes: Mapping[str, Attribute]
    relations: Mapping[str, Relation]
    records: Mapping[str, RecordKind]


@cache
def vocabulary(subject: str, root: Path = ROOT) -> Vocabulary:
    """What may be asked of `subject`. Raises DeclarationError for a bad file or a subject nobody declares."""
    base: _Subject | None = None
    attributes: dict[str, Attribute] = {}
    relations: dict[str, Relation] = {}
    for path in walk("attributes.toml", root):
        tables = dict(read(path, root).get(subject, {}))
        _take(Attribute, attributes, tables.pop("attribute", {}), path, (subject, "attribute"), root)
        _take(Relation, relations, tables.pop("relation", {}), path, (subject, "relation"), root)
        if tables:
            if base:
                raise DeclarationError(f"{path.relative_to(root.parent)}: {subject}: another block declares it already")
            base = check(_Subject, tables, path, subject, root=root)
    if base is None:
        raise DeclarationError(f"no attributes.toml declares the subject {subject!r}")
    return Vocabulary(
        subject=subject,
        **base.model_dump(),
        attributes=MappingProxyType(attributes),
        relations=MappingProxyType(relations),
        records=MappingProxyType(kinds(subject, root)),
    )


def _take(
    form: type[Form], found: dict[str, Form], tables: dict[str, Any], path: Path, keys: tuple[str, ...], root: Path
) -> None:
    for name, table in tables.items():
        if name in found:
            where = ".".join((*keys, name))
            raise DeclarationError(f"{path.relative_to(root.parent)}: {where}: another block declares it already")
        found[name] = check(form, table, path, *keys, name, root=root)
