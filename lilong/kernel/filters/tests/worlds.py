"""Small random worlds of people and where they live, and random filters about them, for the property tests.

The rows are written past the registry's actions on purpose: a filter must be right about data that no action would
make, such as residencies in the future, two homes at once, or the dead still living somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

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
from lilong.kernel.registry.models import Absence, Person, Residency
from lilong.kit.clock import SHANGHAI

AT = datetime(2025, 2, 28, 10, 30, tzinfo=UTC)
TODAY = date(2025, 2, 28)


@dataclass(frozen=True)
class Somebody:
    sex: str
    born_on: date | None
    died_on: date | None
    erased: bool
    standing: str


@dataclass(frozen=True)
class Stay:
    person: int
    home: int
    kind: str
    relation: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Leave:
    person: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class World:
    people: list[Somebody]
    stays: list[Stay]
    leaves: list[Leave]
    ids: list[int] = field(default_factory=list)

    def store(self) -> None:
        """Write it to the database; `ids` then holds the people's ids in their order."""
        rows = Person.objects.bulk_create(
            Person(
                sex=one.sex,
                born_on=one.born_on,
                died_on=one.died_on,
                standing=one.standing,
                erased_at=AT if one.erased else None,
                path="/1/2/",
                added_at=AT,
            )
            for one in self.people
        )
        self.ids[:] = [row.id for row in rows]
        Residency.objects.bulk_create(
            Residency(
                person_id=self.ids[stay.person],
                home_id=stay.home,
                kind=stay.kind,
                relation=stay.relation,
                since=stay.since,
                until=stay.until,
            )
            for stay in self.stays
        )
        Absence.objects.bulk_create(
            Absence(person_id=self.ids[one.person], home_id=1, since=one.since, until=one.until, by="account:1")
            for one in self.leaves
        )


NEAR = st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))
BIRTHDAYS = (
    st.dates(date(1920, 1, 1), TODAY)
    | NEAR.map(lambda day: date(day.year - 60, day.month, day.day))
    | st.sampled_from([date(1964, 2, 29), date(1965, 2, 28), date(1965, 3, 1), date(1964, 2, 28)])
)
MIDNIGHTS = st.sampled_from([0, 1, 30]).map(lambda ago: datetime.combine(TODAY - timedelta(days=ago), time(), SHANGHAI))
SECOND = timedelta(seconds=1)
MOMENTS = (
    st.integers(-60 * 24, 3 * 24).map(lambda hours: AT + timedelta(hours=hours))
    | MIDNIGHTS
    | MIDNIGHTS.map(lambda moment: moment - SECOND)
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    people = draw(
        st.lists(
            st.builds(
                Somebody,
                sex=st.sampled_from(["F", "M", ""]),
                born_on=st.none() | BIRTHDAYS,
                died_on=st.none() | st.none() | NEAR,
                erased=st.sampled_from([False, False, False, True]),
                standing=st.sampled_from(["registered", "migrant", ""]),
            ),
            min_size=1,
            max_size=6,
        )
    )
    who = st.integers(0, len(people) - 1)
    stays = st.builds(
        Stay,
        person=who,
        home=st.integers(1, 3),
        kind=st.sampled_from(["living", "living", "registered"]),
        relation=st.sampled_from(["01", "02", "*x", "A", "a", ""]),
        since=st.none() | NEAR | st.just(TODAY - timedelta(days=30)) | st.just(TODAY - timedelta(days=31)),
        until=st.none() | st.none() | NEAR,
    )
    # one open residency of a kind per person, as the database demands
    kept: dict[tuple[int, str, object], Stay] = {}
    for number, stay in enumerate(draw(st.lists(stays, max_size=8))):
        kept[stay.person, stay.kind, None if stay.until is None else number] = stay
    leaves = draw(
        st.lists(st.builds(lambda p, a, b: Leave(p, min(a, b), max(a, b) + SECOND), who, MOMENTS, MOMENTS), max_size=4)
    )
    return World(people, list(kept.values()), leaves)


def _made(form: type[Expr], *parts: st.SearchStrategy[object]) -> st.SearchStrategy[Expr]:
    """Like `st.builds`, whose report of a failing tree takes a time exponential in its depth."""
    return st.tuples(*parts).map(lambda drawn: form(*drawn))


def _window() -> st.SearchStrategy[int | None]:
    return st.sampled_from([None, 0, 1, 30, 400, 99999])


OPS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
NUMBERS = (
    st.just(Name("age"))
    | _made(Record, st.just("count"), st.sampled_from(["absence", "residency"]), st.none(), _window())
    | _made(Record, st.just("days_since"), st.sampled_from(["absence", "residency"]), st.none(), _window())
)
NUMBER = st.sampled_from([0, 1, 2, 30, 31, 59, 60, 61, 80]).map(Value) | st.sampled_from([60.5, -1]).map(Value)
DATES = st.just(Name("born_on")) | _made(Record, st.just("latest"), st.just("residency"), st.just("until"), _window())
DATE = BIRTHDAYS.map(Value) | NEAR.map(Value)
TIMES = _made(Record, st.just("latest"), st.just("absence"), st.just("until"), _window())
CODES = st.sampled_from([("sex", ("F", "M")), ("standing", ("registered", "separated", "migrant"))]).flatmap(
    lambda pair: st.tuples(st.just(Name(pair[0])), st.sampled_from(pair[1]).map(Value))
)
TEXTS = _made(Record, st.just("latest"), st.just("residency"), st.just("relation"), _window())
TEXT = st.sampled_from(["01", "02", "*x", "A", "a", "é'%"]).map(Value)
PATTERN = st.sampled_from(["0%", "_1", "%", "", "*%", "[0]1", "\\*x", "a", "\\_1", "0_"])
FLAG = st.sampled_from(["lives_alone", "lives_here", "registered_here", "away"]).map(Name)
TERM = NUMBERS | DATES | TIMES | TEXTS | FLAG | st.sampled_from(["sex", "standing"]).map(Name)


def _comparisons() -> st.SearchStrategy[Expr]:
    equal = st.sampled_from(["=", "<>"])
    return (
        _made(Compare, OPS, NUMBERS, NUMBER | NUMBERS)
        | _made(Compare, OPS, NUMBER, NUMBERS)
        | _made(Compare, OPS, DATES, DATE | DATES)
        | _made(Compare, OPS, TIMES, MOMENTS.map(Value))
        | st.tuples(equal, CODES).map(lambda drawn: Compare(drawn[0], *drawn[1]))
        | _made(Compare, equal, TEXTS, TEXT)
        | _made(Compare, equal, FLAG, st.booleans().map(Value) | FLAG)
        | _made(Between, NUMBERS, NUMBER, NUMBER | NUMBERS)
        | _made(Between, DATES, DATE, DATE)
        | _made(In, NUMBERS, st.lists(NUMBER, min_size=1, max_size=3).map(tuple))
        | CODES.map(lambda pair: In(pair[0], (pair[1],)))
        | _made(Like, TEXTS, PATTERN)
        | _made(IsNull, TERM)
    )


LEAF = (
    _comparisons()
    | FLAG
    | st.booleans().map(Value)
    | _made(Record, st.just("exists"), st.sampled_from(["absence", "residency"]), st.none(), _window())
)


def _within(depth: int) -> st.SearchStrategy[Expr]:
    """Conditions in which any() nests at most `depth` deep."""
    leaf = LEAF | _made(Any, st.just("resident"), _within(depth - 1)) if depth else LEAF
    return st.recursive(
        leaf,
        lambda inner: (
            _made(Not, inner)
            | st.lists(inner, min_size=2, max_size=3).map(tuple).map(And)
            | st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or)
        ),
        max_leaves=6,
    )


EXPRESSIONS = _within(2)
