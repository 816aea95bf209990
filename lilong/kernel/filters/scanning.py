"""Cuts the text of a filter into words, each with its position, before the native parser sees anything of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext as _

from lilong.kernel.filters.errors import FilterError, nearest
from lilong.kernel.filters.expressions import Name, Scalar, Value

FUNCTIONS = {
    "count": "记录数",
    "exists": "有没有记录",
    "latest": "最近一条记录的值",
    "days_since": "距最近一条记录的天数",
    "any": "任何一个相关的人",
}
MOMENTS = {"date": "日期", "timestamp": "时刻"}
CONNECTIVES = frozenset({"and", "or", "not"})
TESTS = frozenset({"between", "in", "like", "is"})
_KEYWORDS = CONNECTIVES | TESTS | {"null"}

_USUAL = str.maketrans("（），＝＜＞．　０１２３４５６７８９", "(),=<>. 0123456789")
_LITERAL = re.compile(r"""('(?:[^']|'')*'|"[^"]*")""")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"[^"]*")
      | (?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<op><=|>=|<>|!=|=|<|>)
      | (?P<bracket>[()])
      | (?P<comma>,)
      | (?P<sign>[+-])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word. An *atom* carries what it means; `(` opens a group, a list of values, or the arguments of a call."""

    kind: Literal["atom", "keyword", "function", "op", "comma", "group", "list", "call", "close"]
    text: str
    position: int
    atom: Name | Value | None = None


def scan(text: str) -> list[Token]:
    """The words of `text`. Raises FilterError where something stands that no filter has."""
    usual = "".join(
        part if number % 2 else part.translate(_USUAL)  # what a Chinese input method types, outside literals
        for number, part in enumerate(_LITERAL.split(text))
    )
    tokens: list[Token] = []
    at = 0
    while at < len(usual):
        hit = _TOKEN.match(usual, at)
        if hit is None:
            raise _stray(usual[at], at)
        if hit.lastgroup == "sign":
            hit = _signed(usual, hit.end(), tokens)
        if hit.lastgroup != "space":
            tokens.append(_token(str(hit.lastgroup), usual[at : hit.end()], at, tokens))
        at = hit.end()
        _join_moment(tokens)
    return tokens


def _stray(sign: str, at: int) -> FilterError:
    if sign in "'\"":
        return FilterError(_("引号没有结束"), at)
    if sign in "‘’“”":
        return FilterError(_("请用直引号"), at, "'")
    return FilterError(_("条件里不能有“{sign}”").format(sign=sign), at)


def _signed(usual: str, after: int, tokens: list[Token]) -> re.Match[str]:
    number = _TOKEN.match(usual, after)
    if number is None or number.lastgroup != "number" or (tokens and tokens[-1].kind in {"atom", "close"}):
        raise FilterError(_("条件里不能做加减运算"), after - 1)
    return number


def _token(group: str, word: str, at: int, before: list[Token]) -> Token:
    lower = word.lower()
    match group:
        case "text":
            return Token("atom", word, at, Value(plain(word[1:-1].replace("''", "'"), at), at))
        case "number":
            return Token("atom", word, at, Value(whole(float(word), at), at))
        case "quoted":
            if not re.fullmatch(r"[^\W\d]\w*", word[1:-1]):
                raise FilterError(_("名称只能由文字、数字和下划线组成"), at)
            return Token("atom", word, at, Name(word[1:-1], at))
        case "word":
            if lower in _KEYWORDS:
                return Token("keyword", lower, at)
            return Token("atom", word, at, Value(lower == "true", at) if lower in {"true", "false"} else Name(word, at))
        case "bracket" if word == "(":
            return Token(_opens(before), word, at)
        case "bracket":
            return Token("close", word, at)
        case "op":
            return Token("op", word, at)
    return Token("comma", word, at)


def _opens(before: list[Token]) -> Literal["group", "list", "call"]:
    """What an opening bracket opens; a name before it becomes the function that it must be."""
    last = before[-1] if before else None
    if last is None or not (isinstance(last.atom, Name) or last.text == "in"):
        return "group"
    if last.text == "in":
        return "list"
    if (name := last.text.lower()) not in FUNCTIONS | MOMENTS:
        raise FilterError(
            _("没有“{name}”这个函数").format(name=last.text), last.position, nearest(last.text, FUNCTIONS | MOMENTS)
        )
    before[-1] = Token("function", name, last.position)
    return "call"


def _join_moment(tokens: list[Token]) -> None:
    """DATE('2025-11-22') and TIMESTAMP('…') are one value."""
    if len(tokens) < 4 or tokens[-4].text not in MOMENTS or tokens[-4].kind != "function":
        return
    name, _open, value, close = tokens[-4:]
    if close.kind != "close" or not isinstance(value.atom, Value):
        raise FilterError(_("应写成 {name}('2025-11-22')").format(name=name.text.upper()), name.position)
    tokens[-4:] = [
        Token(
            "atom", name.text, name.position, Value(moment(name.text, value.atom.value, name.position), name.position)
        )
    ]


def plain(text: str, at: int | None = None) -> str:
    """The text of a literal, without what no column can hold. Raises FilterError."""
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        raise FilterError(_("文字里不能有换行或控制符"), at)
    return text


def whole(number: float, at: int | None = None) -> int | float:
    """A whole number as int: the native parser has floats only. Raises FilterError beyond what that holds exactly."""
    if not abs(number) < 1e15:
        raise FilterError(_("数太大"), at)
    return int(number) if number.is_integer() else number


def moment(kind: str, text: Scalar, at: int | None = None) -> date | datetime:
    """The day, or the moment with its offset from UTC, that a literal names. Raises FilterError."""
    try:
        if kind == "date":
            return date.fromisoformat(str(text))
        if (time := datetime.fromisoformat(str(text))).tzinfo is not None:
            return time
    except ValueError:
        pass
    example = "2025-11-22" if kind == "date" else "2025-11-22T06:10:00+08:00"
    raise FilterError(_("“{text}”不是日期或时刻，应写成 {example}").format(text=text, example=example), at)
