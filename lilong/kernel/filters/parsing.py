"""Turns the text or JSON of a filter into our tree: the grammar is the `cql2` package's, words and values are ours."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NoReturn

import cql2
from django.utils.translation import gettext as _

from lilong.kernel.filters import guarding
from lilong.kernel.filters.errors import FilterError, nearest
from lilong.kernel.filters.expressions import Expr, Name
from lilong.kernel.filters.reading import read
from lilong.kernel.filters.scanning import CONNECTIVES, TESTS, Token, scan


def parse_text(text: str) -> Expr:
    """The tree of CQL2 text; its names are not looked up yet. Raises FilterError."""
    guarding.size(text)
    tokens = scan(text)
    guarding.shape(tokens)
    return _level(tokens, end=len(text.rstrip()))


def parse_json(text: str) -> Expr:
    """The tree of CQL2 JSON; its names are not looked up yet. Raises FilterError, without a position."""
    guarding.size(text, guarding.MAX_JSON_BYTES)
    guarding.json_depth(text)
    try:
        node = cql2.parse_json(text).to_json()
    except cql2.ParseError:
        _refuse_json(text)
    guarding.width(node)
    return read(node, Name)


def _level(tokens: Sequence[Token], end: int) -> Expr:
    """The tree of what stands between two brackets. A group inside is parsed first and stands as one atom, like names
    and values: the parser sees `"0" AND "1" >= "2"`, so what a user types in quotes never reaches it."""
    atoms: list[Expr] = []
    pieces: list[str] = []
    positions: list[int] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        positions.append(token.position)
        if token.kind == "group":
            close = _closing(tokens, at)
            atoms.append(_level(tokens[at + 1 : close], end=tokens[close].position))
            at = close
        elif token.atom is not None:
            atoms.append(token.atom)
        else:
            pieces.append(token.text)
            at += 1
            continue
        pieces.append(f'"{len(atoms) - 1}"')
        at += 1
    if not pieces:
        raise FilterError(_("这里缺少条件"), end)

    def atom(name: str) -> Expr:
        if name.isdigit():
            return atoms[int(name)]
        last = max(t.position for t in tokens if t.text == name)  # a keyword where a name should stand
        raise FilterError(_("这里缺少名称、值或条件"), last)

    try:
        return read(cql2.parse_text(" ".join(pieces)).to_json(), atom)
    except cql2.ParseError as problem:
        raise _slip(str(problem), pieces, positions, tokens, end) from None
    except FilterError as problem:
        if problem.position is None:
            problem.position = tokens[0].position
        raise


def _closing(tokens: Sequence[Token], opened: int) -> int:
    depth = 0
    for at in range(opened, len(tokens)):
        depth += tokens[at].kind in {"group", "list", "call"}
        depth -= tokens[at].kind == "close"
        if depth == 0:
            return at
    raise AssertionError("brackets were matched before")


def _slip(problem: str, pieces: list[str], positions: list[int], tokens: Sequence[Token], end: int) -> FilterError:
    """What the parser says (`--> 1:22 … = expected Identifier, …`) in our words, at the place in the user's text."""
    place = re.search(r"--> \d+:(\d+)", problem)
    if place is None:  # `in ()` without a left side is read as a function that lacks its arguments
        return FilterError(_("这里缺少名称、值或条件"), positions[0])
    column = int(place[1]) - 1
    ends = [length - 1 for length in accumulate(len(piece) + 1 for piece in pieces)]
    number = bisect_right(ends, column)  # a column between two pieces means the second
    position = positions[number] if number < len(positions) else end
    if "Identifier" in problem or "Expr" in problem.split("=")[-1]:
        return FilterError(_("这里缺少名称、值或条件"), position)
    word = next((t.text for t in tokens if t.position == position and isinstance(t.atom, Name)), "")
    connecting = dict.fromkeys(sorted(CONNECTIVES | TESTS), "")
    return FilterError(_("这里缺少 AND、OR 或比较"), position, nearest(word, connecting).upper())


def _refuse_json(text: str) -> NoReturn:
    try:
        json.loads(text)
    except json.JSONDecodeError as problem:
        raise FilterError(_("不是 JSON"), problem.pos) from None
    raise FilterError(_("不是 CQL2 的 JSON：每一层应是 op 与 args、property 或一个值"))
