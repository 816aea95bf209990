"""The life of a ticket: who may move it where, once, with a step and a fact each time."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.access import actions as access
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal import queries as journal
from lilong.kernel.journal.models import Fact
from lilong.kernel.tickets import actions, moves, queries
from lilong.kernel.tickets.models import State, Step, Ticket
from lilong.kernel.tickets.tests.ground import AT, make, ticket, viewer

pytestmark = pytest.mark.django_db
WAIT = timedelta(minutes=15)


def kinds() -> list[str]:
    return [k for k in Fact.objects.order_by("id").values_list("kind", flat=True) if k.startswith("ticket.")]


def test_a_finding_opens_one_ticket_however_often_it_is_told() -> None:
    ground = make()
    assert ticket(ground) == ticket(ground)
    assert Ticket.objects.count() == 1
    assert kinds() == ["ticket.opened"]


def test_with_a_first_call_it_waits_at_the_operations_centre_and_then_goes_to_the_committee() -> None:
    ground = make()
    committee = viewer("committee_worker", ground.path_a)
    number = ticket(ground, wait=WAIT)
    assert queries.ticket(committee, number, at=AT) is None
    assert queries.ticket(viewer("operations", ground.root), number, at=AT) is not None
    assert queries.contact_waits(AT + WAIT - timedelta(seconds=1)) == []
    assert queries.contact_waits(AT + WAIT) == [number]
    for _ in range(2):
        actions.dispatch(number, by="system:engine", at=AT + WAIT)
    seen = queries.ticket(committee, number, at=AT)
    assert seen is not None
    assert (seen.row.state, seen.row.desk) == (State.WAITING, "committee")
    assert kinds() == ["ticket.opened", "ticket.dispatched"]


def test_between_shifts_it_stays_with_the_operations_centre() -> None:
    ground = make()
    actions.set_shifts(ground.path_a, [(0, time(9), time(17))], by="account:1", at=AT)
    on_duty = ticket(ground, finding=1)
    late = AT + timedelta(hours=9)
    waiting = ticket(ground, finding=2, wait=WAIT)
    actions.dispatch(waiting, by="system:engine", at=late)
    assert dict(Ticket.objects.values_list("id", "desk")) == {on_duty: "committee", waiting: "operations"}
    assert queries.ticket(viewer("committee_worker", ground.path_a), waiting, at=late) is None


def test_the_whole_way_to_the_end_leaves_every_step_on_record() -> None:
    ground = make()
    worker = viewer("committee_worker", ground.path_a, account=5)
    number = ticket(ground)
    actions.accept(number, viewer=worker, at=AT)
    actions.accept(number, viewer=worker, at=AT)
    actions.no_answer(number, step="family", viewer=worker, at=AT + timedelta(minutes=5), note="电话没有人接")
    actions.no_answer(number, step="family", viewer=worker, at=AT + timedelta(minutes=6))
    actions.no_answer(number, step="neighbour", viewer=worker, at=AT + timedelta(minutes=9))
    back = AT + timedelta(days=3)
    for _ in range(2):
        actions.close(number, outcome="taken_by_family", viewer=worker, at=AT + timedelta(hours=1), away_until=back)
    card = queries.ticket(worker, number, at=AT + timedelta(hours=2))
    assert card is not None
    assert [(s.kind, s.result) for s in card.steps] == [
        ("opened", ""), ("accepted", ""), ("no_answer", "family"), ("no_answer", "neighbour"),
        ("closed", "taken_by_family"),
    ]  # fmt: skip
    assert [taken is not None for _, taken in card.chain] == [True, True, False]
    assert card.moves == frozenset()
    closed = journal.about(("ticket", number), limit=1)[0]
    assert (closed.kind, closed.data["away_until"]) == ("ticket.closed", back.isoformat())


def test_another_committee_finds_no_such_ticket() -> None:
    ground = make()
    number = ticket(ground)
    stranger = viewer("committee_worker", ground.path_b)
    assert queries.ticket(viewer("committee_worker", ground.path_a), number, at=AT) is not None
    assert queries.ticket(stranger, number, at=AT) is None
    assert queries.desk(stranger, at=AT).total == 0
    assert queries.counts(stranger, at=AT)["open"] == 0
    with pytest.raises(PermissionDenied):
        actions.accept(number, viewer=stranger, at=AT)
    assert Step.objects.count() == 1


def test_the_holder_of_a_link_takes_steps_on_that_case_and_ends_nothing() -> None:
    ground = make()
    mine, other = ticket(ground, finding=1), ticket(ground, finding=2)
    for number in (mine, other):
        actions.accept(number, viewer=viewer("committee_worker", ground.path_a), at=AT)
    holder = Viewer(by="link:1", case=mine)
    actions.note(mine, words="敲门有人应", viewer=holder, at=AT)
    assert [r.id for r in queries.desk(holder, at=AT).rows] == [mine]
    with pytest.raises(PermissionDenied):
        actions.note(other, words="x", viewer=holder, at=AT)
    with pytest.raises(PermissionDenied):
        actions.close(mine, outcome="safe_at_home", viewer=holder, at=AT)


def test_links_to_a_case_end_with_it() -> None:
    ground = make()
    number = ticket(ground)
    worker = viewer("committee_worker", ground.path_a)
    token = access.make_task_link(case=number, by=worker.by, at=AT, expires=AT + timedelta(days=1))
    assert access.open_task_link(token, at=AT) is not None
    actions.accept(number, viewer=worker, at=AT)
    actions.close(number, outcome="safe_at_home", viewer=worker, at=AT)
    assert access.open_task_link(token, at=AT) is None


def test_who_may_not_dispatch_is_told_so_whatever_the_state() -> None:
    ground = make()
    number = ticket(ground)
    with pytest.raises(PermissionDenied):
        actions.dispatch(number, by="account:1", at=AT, viewer=viewer("committee_worker", ground.path_a))


def test_a_ticket_somebody_has_cannot_be_taken_by_a_second() -> None:
    ground = make()
    number = ticket(ground)
    actions.accept(number, viewer=viewer("committee_worker", ground.path_a, account=5), at=AT)
    with pytest.raises(moves.IllegalMove):
        actions.accept(number, viewer=viewer("committee_worker", ground.path_a, account=6), at=AT)
    actions.hand_back(number, viewer=viewer("committee_worker", ground.path_a, account=5), at=AT)
    actions.accept(number, viewer=viewer("committee_worker", ground.path_a, account=6), at=AT)
    assert Ticket.objects.get().assignee_id == 6


def test_later_data_add_a_note_and_never_close() -> None:
    ground = make()
    number = ticket(ground)
    as_of = AT + timedelta(hours=3)
    for _ in range(2):
        actions.data_changed(number, what="withdrawn", facts={"hours": 0}, as_of=as_of, by="scenario:x", at=as_of)
    found = Ticket.objects.get()
    assert (found.state, found.data_as_of) == (State.WAITING, as_of)
    assert Step.objects.filter(kind="data").count() == 1


def test_an_unknown_outcome_and_a_return_in_the_past_are_refused() -> None:
    ground = make()
    worker = viewer("committee_worker", ground.path_a)
    number = ticket(ground)
    actions.accept(number, viewer=worker, at=AT)
    with pytest.raises(ValueError, match="no_such"):
        actions.close(number, outcome="no_such", viewer=worker, at=AT)
    with pytest.raises(ValueError, match="past"):
        actions.close(number, outcome="taken_by_family", viewer=worker, at=AT, away_until=AT)
    assert Ticket.objects.get().state == State.ACCEPTED


def test_a_death_closes_quietly_and_leaves_the_wall() -> None:
    ground = make()
    worker = viewer("committee_worker", ground.path_a)
    number = ticket(ground)
    actions.accept(number, viewer=worker, at=AT)
    assert [h.id for h in queries.happenings(worker, since=AT - timedelta(days=1))] == [number]
    actions.close(number, outcome="found_dead", viewer=worker, at=AT)
    assert Ticket.objects.get().quiet
    assert queries.happenings(worker, since=AT - timedelta(days=1)) == []


def test_titles_name_no_home_and_lists_put_the_urgent_and_the_late_first() -> None:
    ground = make()
    worker = viewer("committee_worker", ground.path_a)
    first, second = ticket(ground, finding=1), ticket(ground, finding=2)
    Ticket.objects.filter(pk=second).update(due_at=AT - timedelta(hours=1))
    page = queries.desk(worker, at=AT)
    assert [row.id for row in page.rows] == [second, first]
    assert page.rows[0].late_by == timedelta(hours=1)
    assert "502" not in page.rows[0].title
    assert "澄湾路120弄8号" in page.rows[0].title
    assert queries.desk(worker, at=AT, search="120弄").total == 2
    assert queries.desk(worker, at=AT, search="九百弄").total == 0
    assert queries.desk(worker, at=AT, late=True).total == queries.counts(worker, at=AT)["late"] == 1


@given(st.lists(st.sampled_from(sorted({move for _, move in moves.MOVES})), max_size=12))
def test_whatever_is_tried_the_state_follows_the_table(tried: list[str]) -> None:
    state: str = State.CONTACTING
    for move in tried:
        try:
            new = moves.after(state, move)
        except moves.IllegalMove:
            assert move not in moves.possible(state)
            continue
        assert move in moves.possible(state)
        state = new
    assert state in State.values
    if state in (State.CLOSED, State.VOID):
        assert moves.possible(state) == frozenset()
