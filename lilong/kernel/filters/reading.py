"""Reads the JSON that the CQL2 parser gives into our tree, and refuses what the language does not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any as Node

from django.utils.translation import gettext as _

from lilong.kernel.filters.errors import FilterError, nearest
from lilong.kernel.filters.expressions import (
    And,
    Any,
    Between,
    Compare,
    Expr,
    In,
    IsNull,
    Like,
    Name,
    Not,
    Or,
    Record,
    Term,
    Value,
    Window,
)
from lilong.kernel.filters.scanning import FUNCTIONS, MOMENTS, moment, plain, whole

_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
_FORMS = {
    "count": "count(ticket, '30d')",
    "exists": "exists(ticket, '30d')",
    "latest": "latest(ticket, outcome)",
    "days_since": "days_since(ticket)",
    "any": "any(resident, age >= 80)",
}
_WINDOW = re.compile(r"([0-9]{1,5})d")


def read(node: Node, atom: Callable[[str], Expr]) -> Expr:
    """The tree of one JSON node; `atom` gives what a property stands for. Raises FilterError."""
    match node:
        case {"property": str(name)}:
            return atom(name)
        case {"op": str(op), "args": list(args)}:
            return _operation(op.lower(), [read(arg, atom) if not isinstance(arg, list) else arg for arg in args], atom)
        case {"date": str(text)} | {"timestamp": str(text)}:
            return Value(moment(next(iter(node)), text))
        case bool():
            return Value(node)
        case int() | float():
            return Value(whole(float(node)))
        case str():
            return Value(plain(node))
        case None:
            raise FilterError(_("NULL 不能比较，请写 IS NULL"), suggestion="IS NULL")
    raise FilterError(_("条件里还不能有图形、时段或数组"))


def _operation(op: str, args: list[Node], atom: Callable[[str], Expr]) -> Expr:
    match op, args:
        case "and" | "or", [_first, _second, *_rest]:
            return And(tuple(args)) if op == "and" else Or(tuple(args))
        case "not", [part]:
            return Not(part)
        case _, [left, right] if op in _COMPARISONS:
            return Compare(op, _term(left), _term(right))  # type: ignore[arg-type]  # one of _COMPARISONS
        case "between", [term, low, high]:
            return Between(_term(term), _term(low), _term(high))
        case "in", [term, list(options)]:
            return In(_term(term), tuple(_value(read(option, atom)) for option in options))
        case "like", [term, Value(str(pattern))]:
            return Like(_term(term), pattern)
        case "isnull", [term]:
            return IsNull(_term(term))
        case "any", [Name(relation, position), condition]:
            return Any(relation, condition, position)
        case "latest", [Name(kind, position), Name(value), *window]:
            return Record("latest", kind, value, _window(window, position), position)
        case "count" | "exists" | "days_since", [Name(kind, position), *window]:
            return Record(op, kind, None, _window(window, position), position)
    if op in FUNCTIONS:
        raise FilterError(_("{name} 应写成 {form}").format(name=op, form=_FORMS[op]))
    if op in {"and", "or", "not", "between", "in", "like", "isnull"} | _COMPARISONS:
        raise FilterError(_("{name} 的两边不完整").format(name=op))
    raise FilterError(_("没有“{name}”这个函数").format(name=op), suggestion=nearest(op, FUNCTIONS | MOMENTS))


def _term(node: Node) -> Term:
    if isinstance(node, Value | Name | Record):
        return node
    raise FilterError(_("能比较的只有名称、值和记录，不能比较条件"), getattr(node, "position", None))


def _value(node: Expr) -> Value:
    if isinstance(node, Value):
        return node
    raise FilterError(_("IN 的括号里只能列出值"), getattr(node, "position", None))


def _window(args: Sequence[Node], position: int | None) -> Window:
    """Days of a window such as '30d'; None without one."""
    match args:
        case []:
            return None
        case [Value(str(text), at)]:
            if hit := _WINDOW.fullmatch(text):
                return int(hit[1])
            raise FilterError(_("“{text}”不是期限，应写成 '30d'").format(text=text), at)
    raise FilterError(_("期限应写成 '30d'"), position)
