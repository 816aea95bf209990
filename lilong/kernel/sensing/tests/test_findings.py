"""Findings in the database: rows that follow what the data show, and a fact for every change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lilong.analysis.episodes import Episode
from lilong.kernel.access.viewer import SYSTEM, Viewer
from lilong.kernel.journal import queries as journal
from lilong.kernel.sensing import actions, findings, queries
from lilong.kernel.sensing.findings import View, to_us
from lilong.kernel.sensing.tests import ground
from lilong.kernel.sensing.tests.ground import AT, BY, WATCH, Ground

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
STILL = 512_500  # thousandths of a litre


def episode(hours_ago: float, until: float = 0, *, ended: bool = False, kind: str = "silence") -> Episode:
    start, end = AT - hours_ago * HOUR, AT - until * HOUR
    return Episode(kind, to_us(start), to_us(end), STILL, STILL + 2_000, ended)


def see(there: Ground, *episodes: Episode, meter: int = 0, at: timedelta = timedelta(0), settled: float = 96) -> int:
    """What intake does when it sees these episodes in a meter's stream."""
    view = View(WATCH, there.streams[meter], episodes, to_us(AT - settled * HOUR), None, to_us(AT))
    return findings.reconcile([view], at=AT + at)


def told() -> list[tuple[str, dict[str, Any]]]:
    """The facts of findings, oldest first."""
    found = [fact for row in queries.findings(SYSTEM) for fact in journal.about(("finding", row.id), limit=50)]
    return [(fact.kind, fact.data) for fact in sorted(found, key=lambda fact: fact.id)]


def rows() -> list[tuple[str, str, float]]:
    return [(f.kind, f.state, f.hours) for f in reversed(queries.findings(SYSTEM))]


def test_an_episode_opens_a_finding_with_a_fact_that_says_what_and_names_nobody() -> None:
    there = ground.make()
    ground.bind(there)
    assert see(there, episode(24)) == 1
    (row,) = queries.findings(SYSTEM)
    ((kind, data),) = told()
    assert (row.kind, row.state, row.hours, row.litres, row.data_as_of) == ("silence", "open", 24, 2, AT)
    assert (row.home_id, row.path, row.subject_id) == (there.homes[0], there.paths[0], 100)
    assert kind == "finding.opened"
    assert data == {
        "watch": WATCH,
        "kind": "silence",
        "state": "open",
        "stream": there.streams[0],
        "home": there.homes[0],
        "person": 100,
        "start": "2026-03-01T01:00:00+00:00",
        "end": "2026-03-02T01:00:00+00:00",
        "hours": 24.0,
        "litres": 2.0,
        "as_of": "2026-03-02T01:00:00+00:00",
    }


def test_seen_again_it_changes_nothing() -> None:
    there = ground.make()
    ground.bind(there)
    see(there, episode(24))
    assert see(there, episode(24)) == 0
    assert [kind for kind, _ in told()] == ["finding.opened"]


def test_it_is_extended_cleared_and_withdrawn_by_facts_of_their_own() -> None:
    there = ground.make()
    ground.bind(there)
    see(there, episode(26, 2))
    see(there, episode(26))
    see(there, episode(26, 1, ended=True))
    see(there)
    assert [kind.removeprefix("finding.") for kind, _ in told()] == ["opened", "extended", "cleared", "withdrawn"]
    assert rows() == [("silence", "withdrawn", 25)]


def test_one_that_was_over_when_it_was_found_is_opened_and_cleared_as_past() -> None:
    there = ground.make()
    ground.bind(there)
    see(there, episode(60, 30, ended=True))
    assert [(kind, data["past"]) for kind, data in told()] == [("finding.opened", True), ("finding.cleared", True)]


def test_a_known_absence_keeps_it_quiet_in_the_book_and_in_the_facts() -> None:
    there = ground.make()
    ground.bind(there)
    actions.quiet(WATCH, [there.homes[0]], AT + 48 * HOUR, by=BY, at=AT)
    see(there, episode(24), meter=0)
    see(there, episode(24), meter=1)
    assert sorted((f.home_id, f.state) for f in queries.findings(SYSTEM)) == sorted(
        [(there.homes[0], "quiet"), (there.homes[1], "open")]
    )
    assert [kind for kind, _ in told()] == ["finding.quiet", "finding.opened"]


def test_somebody_back_sooner_is_watched_from_then_on() -> None:
    there = ground.make()
    ground.bind(there)
    actions.quiet(WATCH, [there.homes[0]], AT + 48 * HOUR, by=BY, at=AT - 30 * HOUR)
    see(there, episode(26))
    actions.quiet(WATCH, [there.homes[0]], None, by=BY, at=AT - 24 * HOUR)
    see(there, episode(26))
    assert rows() == [("silence", "cleared", 2), ("silence", "open", 24)]


def test_when_nobody_is_watched_any_more_what_goes_on_is_cleared_and_nothing_opens() -> None:
    there = ground.make()
    ground.bind(there)
    see(there, episode(24))
    actions.unbind(WATCH, [100], by=BY, at=AT, why="died")
    assert see(there, episode(30)) == 0
    assert [(kind, data.get("why")) for kind, data in told()] == [("finding.opened", None), ("finding.cleared", "died")]


def test_of_two_in_one_home_the_second_stays_watched_when_the_first_leaves() -> None:
    there = ground.make()
    both = [actions.BindingRow(there.streams[0], person, ground.TABLE) for person in (100, 101)]
    actions.bind(WATCH, both, by=BY, at=AT)
    assert see(there, episode(24)) == 1, "one episode, one finding"
    actions.unbind(WATCH, [100], by=BY, at=AT)
    assert rows() == [("silence", "open", 24)]
    assert see(there, episode(26)) == 1
    actions.unbind(WATCH, [101], by=BY, at=AT)
    assert rows() == [("silence", "cleared", 26)]


def test_new_numbers_withdraw_what_they_no_longer_find_and_do_not_dig_up_the_past() -> None:
    there = ground.make()
    ground.bind(there)
    see(there, episode(24))
    from lilong.kernel.sensing.models import Stream

    Stream.objects.update(newest_time=AT)
    longer = {**ground.TABLE, "silence": {"for": "48h", "under": "10 L", "max_step": "2h"}}
    ground.bind(there, longer)
    see(there, episode(90, 40, ended=True))
    assert rows() == [("silence", "withdrawn", 24)]


def test_a_viewer_gets_the_findings_of_their_own_places_alone() -> None:
    there = ground.make()
    ground.bind(there)
    see(there, episode(24), meter=0)
    see(there, episode(24), meter=1)
    worker = Viewer(
        by="account:1", account_id=1, roles=frozenset({"committee_worker"}), scope=frozenset({there.paths[0]})
    )
    assert [f.home_id for f in queries.findings(worker)] == [there.homes[0]]
    other = next(f for f in queries.findings(SYSTEM) if f.home_id == there.homes[1])
    assert queries.finding(SYSTEM, other.id) == other
    assert queries.finding(worker, other.id) is None


def test_many_are_written_at_once_and_each_has_its_fact() -> None:
    there = ground.make(60)
    ground.bind(there)
    views = [
        View(WATCH, stream, (episode(30), episode(50, 49, ended=True, kind="meter_reset")), 0, None, to_us(AT))
        for stream in there.streams
    ]
    assert findings.reconcile(views, at=AT) == 120
    assert findings.reconcile(views, at=AT) == 0
    assert len(told()) == 60 + 2 * 60
