"""Writes our tree as CQL2 text again: for explanations, saved filters and messages."""

from __future__ import annotations

from datetime import date, datetime

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
    Scalar,
    Value,
)


def write(expr: Expr) -> str:
    """The text of `expr`; parsing it gives `expr` again."""
    match expr:
        case And(parts):
            return " AND ".join(_part(part) for part in parts)
        case Or(parts):
            return " OR ".join(_part(part) for part in parts)
        case Not(part):
            return f"NOT {_part(part)}"
        case Any(relation, condition):
            return f"any({relation}, {write(condition)})"
        case Compare(op, left, right):
            return f"{write(left)} {op} {write(right)}"
        case Between(term, low, high):
            return f"{write(term)} BETWEEN {write(low)} AND {write(high)}"
        case In(term, options):
            return f"{write(term)} IN ({', '.join(write(option) for option in options)})"
        case Like(term, pattern):
            return f"{write(term)} LIKE {_literal(pattern)}"
        case IsNull(term):
            return f"{write(term)} IS NULL"
        case Record(function, kind, value, window):
            words = [kind, *([value] if value else []), *([f"'{window}d'"] if window is not None else [])]
            return f"{function}({', '.join(words)})"
        case Name(name):
            return name
        case Value(value):
            return _literal(value)


def _part(expr: Expr) -> str:
    return f"({write(expr)})" if isinstance(expr, And | Or) else write(expr)


def _literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return "'{}'".format(value.replace("'", "''"))
    if isinstance(value, datetime):
        return f"TIMESTAMP('{value.isoformat()}')"
    if isinstance(value, date):
        return f"DATE('{value.isoformat()}')"
    return repr(value)
