"""Reads the TOML files in which blocks declare things to each other: strict, and an error names file and key."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("kernel", "services")

Type = Literal["boolean", "number", "text", "code", "date", "timestamp"]
Sensitivity = Literal["open", "personal", "sensitive"]
Form = TypeVar("Form", bound=BaseModel)


class DeclarationError(Exception):
    """A declaration that does not follow its form; the words name the file and the key."""


class Strict(BaseModel):
    """A declaration whose keys are all known and which nobody changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def walk(file_name: str, root: Path = ROOT) -> Iterator[Path]:
    """Every file of that name in a block's or service's folder, sorted."""
    for floor in FLOORS:
        yield from sorted((root / floor).glob(f"*/{file_name}"))


def read(path: Path, root: Path = ROOT) -> dict[str, Any]:
    """The tables of one TOML file. Raises DeclarationError with the file's name when it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise DeclarationError(f"{path.relative_to(root.parent)}: {problem}") from None


def check(form: type[Form], table: Any, path: Path, *keys: str, root: Path = ROOT) -> Form:
    """One table as the form has it. Raises DeclarationError naming file, key, and the nearest key that is known."""
    try:
        return form.model_validate(table)
    except ValidationError as problem:
        first = problem.errors()[0]
        loc = [str(part) for part in first["loc"]]
        where = ".".join([*keys, *loc])
        if first["type"] == "extra_forbidden":
            words = f"unknown key{_nearest(loc[-1], _known(form, loc))}"
        else:
            words = first["msg"]
        raise DeclarationError(f"{path.relative_to(root.parent)}: {where}: {words}") from None


def _known(form: type[BaseModel], loc: list[str]) -> list[str]:
    """The keys a table may hold; only the outermost form is known here, which is where slips happen."""
    return [field.alias or name for name, field in form.model_fields.items()] if len(loc) == 1 else []


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else (f"; known are {', '.join(sorted(known))}" if known else "")
