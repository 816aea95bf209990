"""The strict shape of scenario.toml: an unknown key, a missing one or a wrong value is an error that names it."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lilong.kit.spans import parse_span, parse_volume

FIELDS = (
    "group_portrait",
    "mobilisation",
    "siting",
    "work_analysis",
    "services_find_people",
    "risk_warning",
    "emergency",
    "epidemic",
)
"""The eight fields of application (the published practice of the first subdistrict's cockpit)."""


class DeclarationError(ValueError):
    """A scenario folder that cannot be used; the message names folder, key and reason, one a line."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class About(_Strict):
    """Who answers for the scenario, on what basis, and until when."""

    title: str
    field: Literal[FIELDS]  # type: ignore[valid-type]  # the tuple above is the list
    owner: str
    status: Literal["draft", "trial", "live", "retired"]
    taskforce: Literal["economy", "life", "governance"]
    basis: str
    review: date
    assessment: str | None = None
    source: tuple[str, ...] = ()
    pilot: tuple[str, ...] = ()  # place codes, while on trial


def _span(value: str) -> str:
    parse_span(value)
    return value


class Silence(_Strict):
    """Less than `under` used in `for`, read at steps of `max_step` at the most."""

    for_: str = Field(alias="for")
    under: str = "0 L"
    max_step: str = "2h"

    _spans = field_validator("for_", "max_step")(_span)

    @field_validator("under")
    @classmethod
    def _volume(cls, value: str) -> str:
        parse_volume(value)
        return value


class Excess(_Strict):
    """More than `over` used within `within`."""

    over: str
    within: str

    _spans = field_validator("within")(_span)

    @field_validator("over")
    @classmethod
    def _volume(cls, value: str) -> str:
        parse_volume(value)
        return value


class Watch(_Strict):
    """The kind `watch`: a condition over the readings of an audience's streams opens a finding."""

    stream: str
    audience: str
    silence: Silence | None = None
    no_data: str | None = None
    excess: tuple[Excess, ...] = ()

    @field_validator("no_data")
    @classmethod
    def _no_data(cls, value: str | None) -> str | None:
        return value if value is None else _span(value)


class Bound(_Strict):
    """How far a committee may move one number of the scenario for itself."""

    title: str
    min: str
    max: str


class First(_Strict):
    """Who is called before anybody is sent, and how long an answer is waited for."""

    call: str
    wait: str

    _spans = field_validator("wait")(_span)


class TicketPlan(_Strict):
    """What becomes of a finding: the ticket's words, desk, times, steps and outcomes."""

    kind: str
    title: dict[str, str]
    urgency: dict[str, Literal["urgent", "watch", "normal"]] = Field(default_factory=dict)
    first: First | None = None
    to: Literal["committee", "operations"]
    finish: str
    no_answer: tuple[str, ...] = ()
    outcomes: tuple[str, ...]
    absence: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()

    _spans = field_validator("finish")(_span)

    @model_validator(mode="after")
    def _named(self) -> Self:
        for key in ("absence", "quiet"):
            if extra := set(getattr(self, key)) - set(self.outcomes):
                raise ValueError(f"{key} names {', '.join(sorted(extra))}, which is no outcome")
        return self


class Declaration(_Strict):
    """One scenario.toml, checked."""

    scenario: About
    watch: Watch
    settings: dict[str, Bound] = Field(default_factory=dict)
    ticket: TicketPlan

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        table = self.watch_table()
        for key, bound in self.settings.items():
            value = lookup(table, key)
            if value is None:
                raise ValueError(f"settings.{key}: the watch has no such number")
            if not size(bound.min) <= size(str(value)) <= size(bound.max):
                raise ValueError(f"settings.{key}: {value} lies outside {bound.min} … {bound.max}")
        return self

    def watch_table(self) -> dict[str, Any]:
        """The [watch] table as plain data, as the detectors take it."""
        return self.watch.model_dump(by_alias=True, exclude={"audience"}, mode="json")


def size(text: str) -> float:
    """A span in seconds or a volume in litres, for comparing numbers of one kind. Raises ValueError."""
    try:
        return parse_span(text).total_seconds()
    except ValueError:
        return parse_volume(text)


def lookup(table: dict[str, Any], key: str) -> object:
    """The value at a dotted key such as `silence.for`, or None."""
    value: Any = table
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def replaced(table: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    """A copy of the table with the value at a dotted key replaced."""
    head, _, rest = key.partition(".")
    return {**table, head: replaced(table.get(head) or {}, rest, value) if rest else value}


def read(path: Path) -> Declaration:
    """The declaration in `path`. Raises DeclarationError naming file, key and reason."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DeclarationError(f"{path.parent.name}/{path.name}: {error}") from error
    try:
        found = Declaration.model_validate(raw)
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in e['loc']) or '(file)'}: {e['msg']}" for e in error.errors()]
        raise DeclarationError("\n".join(f"{path.parent.name}/{path.name}: {line}" for line in lines)) from error
    about = found.scenario
    if about.status == "live" and not (about.assessment and (path.parent / about.assessment).is_file()):
        raise DeclarationError(
            f"{path.parent.name}/{path.name}: scenario.assessment: a live watch over residents needs its impact record"
        )
    if about.status == "trial" and not about.pilot:
        raise DeclarationError(f"{path.parent.name}/{path.name}: scenario.pilot: a trial names its pilot places")
    return found
