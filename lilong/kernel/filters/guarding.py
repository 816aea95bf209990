"""Refuses what would kill or stall the native parser: it has no limits of its own.

Measured with cql2 0.6 on a stack of 512 kB: 200 nested brackets or 500 NOT, minus or `=` in one row end the process,
and a slip inside brackets costs twice the time per level (20 levels 3 s, 50 levels for ever). So words are bounded
here, and `parsing` hands over one level of brackets at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lilong.kernel.filters.errors import FilterError
from lilong.kernel.filters.scanning import CONNECTIVES, TESTS, Token

MAX_BYTES = 8 * 1024
MAX_JSON_BYTES = 32 * 1024  # the same filter takes about four times the room
MAX_NESTING = 50
MAX_CONNECTIVES = 500


def size(text: str, limit: int = MAX_BYTES) -> None:
    """Raises FilterError for text over the limit of bytes in UTF-8, or that is none."""
    try:
        length = len(text.encode())
    except UnicodeEncodeError as problem:
        raise FilterError(_("文字里有不成字的编码"), problem.start) from None
    if length > limit:
        raise FilterError(_("条件太长：最多 {n} 字节").format(n=limit))


def shape(tokens: Sequence[Token]) -> None:
    """Raises FilterError for brackets that do not match, nesting too deep, and operators in a row."""
    if sum(token.text in CONNECTIVES for token in tokens if token.kind == "keyword") > MAX_CONNECTIVES:
        raise FilterError(_("条件太多：AND、OR、NOT 最多 {n} 个").format(n=MAX_CONNECTIVES))
    opened: list[Token] = []
    tests = [0]  # comparisons since the last connective, by bracket
    refusals = 0  # NOT in a row: each is a level for the parser
    before: Token | None = None
    for token in tokens:
        refusals = refusals + 1 if token.text == "not" else 0
        if opened and opened[-1].kind == "list" and token.kind not in {"atom", "comma", "close"}:
            raise FilterError(_("IN 的括号里只能列出值"), token.position)
        if token.kind in {"group", "list", "call"}:
            opened.append(token)
            tests.append(0)
        elif token.kind == "close":
            if not opened:
                raise FilterError(_("多了一个右括号"), token.position)
            opened.pop()
            tests.pop()
        elif token.kind == "comma" or token.text in {"and", "or"}:
            tests[-1] = 0
        elif token.kind == "op" or (token.kind == "keyword" and token.text in TESTS):
            tests[-1] += 1
        if token.text == "null" and (before is None or before.text not in {"is", "not"}):
            raise FilterError(_("NULL 不能比较，请写 IS NULL"), token.position, "IS NULL")
        if tests[-1] > 1 and not (before and before.kind == "op"):  # of two signs in a row the parser says it better
            raise FilterError(_("一次只能比较一回，请用 AND 连接"), token.position, "AND")
        if len(opened) + refusals > MAX_NESTING:
            raise FilterError(_("嵌套太深：最多 {n} 层").format(n=MAX_NESTING), token.position)
        before = token
    if opened:
        raise FilterError(_("括号没有结束"), opened[-1].position)


def json_depth(text: str) -> None:
    """Raises FilterError for JSON nested deeper than a filter of 50 levels, whose every level takes two brackets."""
    depth = 0
    quoted = escaped = False
    for at, sign in enumerate(text):
        if escaped or sign == "\\":
            escaped = not escaped
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign in "[{":
            depth += 1
        elif not quoted and sign in "]}":
            depth -= 1
        if depth > 2 * MAX_NESTING + 4:
            raise FilterError(_("嵌套太深：最多 {n} 层").format(n=MAX_NESTING), at)


def width(node: Any) -> None:
    """Raises FilterError for CQL2 JSON with more connectives than text may have."""
    waiting, connectives = [node], 0
    while waiting:
        match waiting.pop():
            case {"op": op, "args": list(args)}:
                connectives += len(args) if op in CONNECTIVES else 0
                waiting += args
            case list(items):
                waiting += items
    if connectives > 2 * MAX_CONNECTIVES:
        raise FilterError(_("条件太多：AND、OR、NOT 最多 {n} 个").format(n=MAX_CONNECTIVES))
