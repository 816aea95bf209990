"""A slow plain interpreter of filters: one person at a time, three values, no SQL. What it says, the compiler must."""

from __future__ import annotations

import operator
import re
from datetime import date, datetime, time, timedelta
from typing import Any as Anything

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
    Value,
)
from lilong.kernel.filters.tests.worlds import AT, TODAY, World
from lilong.kit.clock import SHANGHAI

Truth = bool | None
_OPS = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def present(world: World, who: int) -> bool:
    one = world.people[who]
    return not one.erased and (one.died_on is None or one.died_on > TODAY)


def truth(expr: Expr, world: World, who: int) -> Truth:
    match expr:
        case And(parts):
            return _all([truth(part, world, who) for part in parts])
        case Or(parts):
            return _not(_all([_not(truth(part, world, who)) for part in parts]))
        case Not(part):
            return _not(truth(part, world, who))
        case Any(_, condition):
            if not _homes(world, who):
                return None
            return _not(_all([_not(truth(condition, world, other)) for other in _others(world, who)]))
        case Compare(op, left, right):
            return _compared(op, value(left, world, who), value(right, world, who))
        case Between(term, low, high):
            middle = value(term, world, who)
            above = _compared(">=", middle, value(low, world, who))
            return _all([above, _compared("<=", middle, value(high, world, who))])
        case In(term, options):
            one = value(term, world, who)
            return None if one is None else any(one == option.value for option in options)
        case Like(term, pattern):
            text = value(term, world, who)
            return None if text is None else re.fullmatch(_regex(pattern), text, re.DOTALL) is not None
        case IsNull(term):
            return value(term, world, who) is None
    return value(expr, world, who)


def value(term: Expr, world: World, who: int) -> Anything:
    one = world.people[who]
    match term:
        case Value(plain):
            return plain
        case Name("age"):
            return None if one.born_on is None else _age(one.born_on)
        case Name("born_on"):
            return one.born_on
        case Name("sex"):
            return one.sex or None
        case Name("standing"):
            return one.standing or None
        case Name("lives_here"):
            return bool(_homes(world, who))
        case Name("registered_here"):
            return bool(_homes(world, who, "registered"))
        case Name("lives_alone"):
            return not _others(world, who) if _homes(world, who) else None
        case Name("away"):
            return any(leave.person == who and leave.since <= AT < leave.until for leave in world.leaves)
        case Record():
            return _asked(term, _records(term, world, who))
    raise AssertionError(term)


def _records(ask: Record, world: World, who: int) -> list[Anything]:
    """Records of the kind until now and within the window, oldest first; same times in the order they were written."""
    if ask.kind == "absence":
        found = [leave for leave in world.leaves if leave.person == who and leave.since <= AT]
        start = datetime.combine(_back(ask.window), time(), SHANGHAI)
    else:
        found = [stay for stay in world.stays if stay.person == who and stay.since and stay.since <= TODAY]
        start = _back(ask.window)
    return sorted((one for one in found if one.since >= start), key=lambda one: one.since)


def _back(window: int | None) -> date:
    return date.min + timedelta(days=1) if window is None or window > 700_000 else TODAY - timedelta(days=window)


def _asked(ask: Record, found: list[Anything]) -> Anything:
    match ask.function:
        case "count":
            return len(found)
        case "exists":
            return bool(found)
        case "days_since":
            return (TODAY - _day(found[-1].since)).days if found else None
    return (getattr(found[-1], str(ask.value)) or None) if found else None


def _day(moment: date | datetime) -> date:
    return moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment


def _age(born_on: date) -> int:
    """By walking from birthday to birthday; who was born on 29 February has it on the 28th in a common year."""
    years = 0
    while True:
        try:
            birthday = born_on.replace(year=born_on.year + years + 1)
        except ValueError:
            birthday = date(born_on.year + years + 1, 2, 28)
        if birthday > TODAY:
            return years if born_on <= TODAY else years - 1
        years += 1


def _homes(world: World, who: int, kind: str = "living") -> set[int]:
    return {
        stay.home
        for stay in world.stays
        if stay.person == who
        and stay.kind == kind
        and (stay.since is None or stay.since <= TODAY)
        and (stay.until is None or stay.until > TODAY)
    }


def _others(world: World, who: int) -> list[int]:
    homes = _homes(world, who)
    everybody = range(len(world.people))
    return [one for one in everybody if one != who and present(world, one) and homes & _homes(world, one)]


def _compared(op: str, left: Anything, right: Anything) -> Truth:
    return None if left is None or right is None else _OPS[op](left, right)


def _all(truths: list[Truth]) -> Truth:
    return False if False in truths else None if None in truths else True


def _not(one: Truth) -> Truth:
    return None if one is None else not one


def _regex(pattern: str) -> str:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(part, re.escape(part[-1])) for part in parts)
