"""What the detectors see against what is written down: opened, extended, shortened, cleared, withdrawn, kept quiet."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.analysis.episodes import Episode
from lilong.kernel.sensing.reconciling import GOING_ON, Bounds, Change, Row, changes, grown

HOUR = 3_600_000_000
DAY = 24
NOWHERE = Bounds(settled=-1)
ABSENT = Bounds(settled=-1, quiet_until=100 * HOUR, patience=(("silence", DAY * HOUR),))


def seen(start: float, end: float, *, ended: bool = False, kind: str = "silence") -> Episode:
    return Episode(kind, round(start * HOUR), round(end * HOUR), 0, 0, ended)


def row(start: float, end: float, state: str = "open", kind: str = "silence", *, cut: bool = False, at: int = 1) -> Row:
    return Row(at, kind, state, round(start * HOUR), round(end * HOUR), cut)


def said(found: list[Change]) -> list[tuple[str, int | None, float, float, str]]:
    return [(c.what, c.row and c.row.id, c.episode.start / HOUR, c.episode.end / HOUR, c.state) for c in found]


def apply(rows: list[Row], found: list[Change]) -> list[Row]:
    """The rows after the changes."""
    after = {r.id: r for r in rows}
    for change in found:
        number = change.row.id if change.row else max(after, default=0) + 1
        e = change.episode
        after[number] = Row(number, e.kind, change.state, e.start, e.end, change.cut)
    return list(after.values())


def test_an_episode_that_goes_on_opens_once_and_is_told_again_by_the_hour() -> None:
    (opened,) = changes([], [seen(0, 24)], NOWHERE)
    assert (opened.what, opened.state) == ("opened", "open")
    rows = apply([], [opened])
    assert changes(rows, [seen(0, 24.5)], NOWHERE) == []
    assert said(changes(rows, [seen(0, 25)], NOWHERE)) == [("extended", 1, 0, 25, "open")]


def test_a_long_episode_is_told_more_rarely() -> None:
    assert changes([row(0, 240)], [seen(0, 249)], NOWHERE) == []
    assert said(changes([row(0, 240)], [seen(0, 250)], NOWHERE)) == [("extended", 1, 0, 250, "open")]


def test_an_episode_that_is_over_when_it_is_found_is_written_as_cleared() -> None:
    assert said(changes([], [seen(0, 30, ended=True)], NOWHERE)) == [("opened", None, 0, 30, "cleared")]


def test_use_clears_it_and_late_data_shorten_or_withdraw_it() -> None:
    assert said(changes([row(0, 30)], [seen(0, 31, ended=True)], NOWHERE)) == [("cleared", 1, 0, 31, "cleared")]
    assert said(changes([row(0, 30)], [seen(4, 30)], NOWHERE)) == [("shortened", 1, 4, 30, "open")]
    assert said(changes([row(0, 30)], [], NOWHERE)) == [("withdrawn", 1, 0, 30, "withdrawn")]
    assert said(changes([row(0, 30, "cleared")], [], NOWHERE)) == [("withdrawn", 1, 0, 30, "withdrawn")]


def test_what_is_settled_is_left_alone() -> None:
    assert changes([row(0, 30, "cleared")], [], Bounds(settled=30 * HOUR)) == []


def test_two_that_late_data_joined_become_one_and_one_that_they_cut_becomes_two() -> None:
    two = [row(0, 30, "cleared", at=1), row(40, 70, at=2)]
    assert said(changes(two, [seen(0, 70)], NOWHERE)) == [
        ("withdrawn", 2, 40, 70, "withdrawn"),
        ("extended", 1, 0, 70, "open"),
    ]
    assert said(changes([row(0, 70)], [seen(0, 30, ended=True), seen(40, 70)], NOWHERE)) == [
        ("cleared", 1, 0, 30, "cleared"),
        ("opened", None, 40, 70, "open"),
    ]


def test_new_numbers_are_not_held_against_what_was_over_before_them() -> None:
    bounds = Bounds(settled=-1, judged_from=50 * HOUR)
    past = [seen(0, 12, ended=True), seen(20, 32, ended=True)]
    assert changes([], past, bounds) == []
    assert said(changes([], [*past, seen(40, 60)], bounds)) == [("opened", None, 40, 60, "open")]
    assert changes([row(0, 30, "cleared")], [], bounds) == [], "and leave what was found before as it is"
    assert said(changes([row(0, 30)], [], bounds)) == [("withdrawn", 1, 0, 30, "withdrawn")]


def test_an_episode_longer_than_our_memory_keeps_its_start() -> None:
    bounds = Bounds(settled=-1, known_from=100 * HOUR)
    assert changes([row(0, 200)], [seen(100, 200)], bounds) == []
    assert said(changes([row(0, 200)], [seen(150, 200)], bounds)) == [("shortened", 1, 150, 200, "open")]


def test_a_known_absence_keeps_a_silence_quiet_but_not_water_that_flows() -> None:
    assert said(changes([], [seen(60, 84)], ABSENT)) == [("quiet", None, 60, 84, "quiet")]
    assert said(changes([], [seen(60, 84, kind="excess")], ABSENT)) == [("opened", None, 60, 84, "open")]


def test_what_outlasts_the_absence_is_a_finding_of_its_own_after_the_usual_patience() -> None:
    rows = [row(60, 120, "quiet")]
    assert changes(rows, [seen(60, 122)], ABSENT) == [], "back for 22 hours"
    found = changes(rows, [seen(60, 124)], ABSENT)
    assert said(found) == [("cleared", 1, 60, 100, "cleared"), ("opened", None, 100, 124, "open")]
    rows = apply(rows, found)
    assert changes(rows, [seen(60, 124)], ABSENT) == []
    away_again = replace(ABSENT, quiet_until=300 * HOUR)
    assert said(changes(rows, [seen(60, 150)], away_again)) == [("extended", 2, 100, 150, "open")]


def test_one_found_before_the_absence_was_known_stays_open_and_is_cut_where_the_absence_ends() -> None:
    assert said(changes([row(60, 84)], [seen(60, 124)], ABSENT)) == [
        ("cleared", 1, 60, 100, "cleared"),
        ("opened", None, 100, 124, "open"),
    ]


def test_an_absence_taken_back_lets_the_quiet_one_speak_when_its_time_has_come() -> None:
    back = Bounds(settled=-1, quiet_until=50 * HOUR, patience=(("silence", DAY * HOUR),))
    assert said(changes([row(60, 90, "quiet")], [seen(60, 90)], back)) == [("opened", 1, 60, 90, "open")]


def test_missing_data_stay_missing_until_something_came() -> None:
    missing = row(0, 30, kind="no_data")
    assert changes([missing], [], Bounds(settled=0, newest=0)) == [], "after a start the clock has yet to be looked at"
    assert said(changes([missing], [], Bounds(settled=0, newest=HOUR))) == [("withdrawn", 1, 0, 30, "withdrawn")]


def test_growth_below_the_hour_is_no_news() -> None:
    one = (seen(0, 24),)
    assert grown(None, one)
    assert not grown(one, (seen(0, 24.9),))
    assert grown(one, (seen(0, 25),))
    assert grown(one, (seen(0, 24.1, ended=True),))
    assert grown(one, ())


@st.composite
def spans(draw: st.DrawFn, most: int = 5) -> list[tuple[int, int]]:
    ends = sorted(draw(st.sets(st.integers(0, 200), max_size=2 * most)))
    return list(zip(ends[::2], ends[1::2], strict=False))


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Row], list[Episode], Bounds]:
    rows = [
        row(a, b, draw(st.sampled_from(["cleared", "cleared", "withdrawn"])), at=k)
        for k, (a, b) in enumerate(draw(spans()))
    ]
    if rows and draw(st.booleans()):
        rows[-1] = replace(rows[-1], state=draw(st.sampled_from(["open", "quiet"])))
    spans_seen = draw(spans())
    open_at_end = draw(st.booleans())
    episodes = [seen(a, b, ended=not (open_at_end and k == len(spans_seen) - 1)) for k, (a, b) in enumerate(spans_seen)]
    quiet = draw(st.none() | st.integers(0, 200))
    bounds = Bounds(-1, quiet_until=quiet and quiet * HOUR, patience=(("silence", 20 * HOUR),))
    return rows, episodes, bounds


@settings(deadline=None)  # busy machines
@given(situations())
def test_once_equal_nothing_more_is_to_do_and_one_at_the_most_goes_on(
    case: tuple[list[Row], list[Episode], Bounds],
) -> None:
    rows, episodes, bounds = case
    after = apply(rows, changes(rows, episodes, bounds))
    assert changes(after, episodes, bounds) == []
    assert sum(r.state in GOING_ON for r in after) <= 1
    told = sorted((r.start, r.end) for r in after if r.state != "withdrawn")
    assert all(a[1] <= b[0] for a, b in pairwise(told)), "no two share an hour"
    seen_hours = sum(e.end - e.start for e in episodes)
    untold = 10 * HOUR * len(episodes)  # growth that is not worth telling yet
    assert abs(sum(b - a for a, b in told) - seen_hours) <= untold, "and together they are what is seen"
