"""The water story through the engine: a finding becomes one ticket, follows its data, and its outcome is remembered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lilong.kernel.engine import actions, loop, queries
from lilong.kernel.engine.models import Cursor, Failure
from lilong.kernel.engine.tests.ground import AT, SLUG, Street, make, none, run, silence, stream
from lilong.kernel.journal import sealer
from lilong.kernel.registry import actions as registry
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.sensing.models import Binding, Finding
from lilong.kernel.tickets import actions as tickets
from lilong.kernel.tickets import queries as ticket_queries
from lilong.kernel.tickets.models import State, Step, Ticket
from lilong.kernel.tickets.tests.ground import viewer

# sealing takes committed facts alone, so the tests commit
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def street() -> Street:
    return make()


def close(street: Street, outcome: str, **more) -> None:
    worker = viewer("operations", street.root)
    number = Ticket.objects.get().pk
    tickets.close(number, outcome=outcome, viewer=worker, at=AT, **more)
    run()


def test_the_lone_elder_is_watched_and_the_couple_is_not(street: Street) -> None:
    assert sensing.bound_subjects(SLUG) == {street.elder}
    assert sensing.bound_params(SLUG)[stream(street.home_a)]["silence"]["under"] == "10 L"


def test_a_finding_opens_one_ticket_however_often_the_engine_comes_by(street: Street) -> None:
    silence(street.home_a)
    run()
    silence(street.home_a)
    run()
    Cursor.objects.update(seq=0)  # a restored cursor: everything is read again
    run()
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.desk, ticket.urgency) == (State.CONTACTING, "operations", "urgent")
    assert ticket.facts == {"hours": 24, "litres": 2}
    assert ticket.due_at == AT + timedelta(hours=4)
    assert not Failure.objects.exists()


def test_the_engine_says_how_many_sealed_facts_it_has_yet_to_read(street: Street) -> None:
    assert queries.behind() == 0
    silence(street.home_a)
    sealed = sealer.seal_all()
    assert queries.behind() == sealed > 0
    loop.run_once(at=AT)
    assert queries.behind() == 0


def test_the_first_call_waits_fifteen_minutes_and_then_somebody_is_sent(street: Street) -> None:
    silence(street.home_a)
    run()
    loop.pass_time(at=AT + timedelta(minutes=14))
    assert Ticket.objects.get().state == State.CONTACTING
    loop.pass_time(at=AT + timedelta(minutes=15))
    assert Ticket.objects.get().state == State.WAITING


def test_no_data_opens_no_ticket(street: Street) -> None:
    silence(street.home_a, kind="no_data", hours=30)
    run()
    assert Finding.objects.get().kind == "no_data"
    assert not Ticket.objects.exists()


def test_an_excess_is_watched_with_less_haste(street: Street) -> None:
    silence(street.home_a, kind="excess", hours=2)
    run()
    assert Ticket.objects.get().urgency == "watch"


def test_later_data_extend_or_withdraw_and_the_ticket_stays_for_a_person_to_close(street: Street) -> None:
    silence(street.home_a)
    run()
    silence(street.home_a, ends=AT + timedelta(hours=12), hours=36)
    run()
    assert Ticket.objects.get().facts["hours"] == 36
    none(street.home_a, as_of=AT + timedelta(hours=12))
    run()
    assert Finding.objects.get().state == "withdrawn"
    assert [s.result for s in Step.objects.filter(kind="data")] == ["extended", "withdrawn"]
    assert Ticket.objects.get().state == State.CONTACTING


def test_an_old_silence_that_is_over_is_history_and_no_ticket(street: Street) -> None:
    Binding.objects.update(judged_from=None)
    silence(street.home_a, ends=AT - timedelta(days=20), goes_on=False)
    silence(street.home_a, ends=AT - timedelta(hours=2), goes_on=False)
    run()
    assert Finding.objects.count() == 2
    assert Ticket.objects.get().urgency == "normal"


def test_taken_by_family_keeps_the_watch_quiet_until_she_is_back(street: Street) -> None:
    silence(street.home_a)
    run()
    back = AT + timedelta(days=3)
    close(street, "taken_by_family", away_until=back)
    assert Binding.objects.get().quiet_until == back
    registry.end_absence(person_id=street.elder, by="account:1", at=AT + timedelta(days=1))
    run(AT + timedelta(days=1))
    assert Binding.objects.get().quiet_until == AT + timedelta(days=1)


def test_after_a_death_nobody_is_told_about_that_home_again(street: Street) -> None:
    silence(street.home_a)
    run()
    close(street, "found_dead")
    assert Ticket.objects.get().quiet
    none(street.home_a)
    silence(street.home_a, ends=AT + timedelta(days=9), hours=72)
    run(AT + timedelta(days=9))
    assert Ticket.objects.count() == 1


def test_whoever_comes_to_live_alone_is_watched_within_one_round(street: Street) -> None:
    husband, wife = street.couple
    registry.record_death(person_id=husband, on=date(2026, 3, 1), by="account:1", at=AT)
    run()
    assert sensing.bound_subjects(SLUG) == {street.elder, wife}
    registry.add_people(
        [registry.NewPerson(name="周小妹", born_on=date(1990, 1, 1), home_id=street.home_b)], by="account:1", at=AT
    )
    run()
    assert sensing.bound_subjects(SLUG) == {street.elder}


def test_a_replaced_meter_is_watched_instead_of_the_old_one(street: Street) -> None:
    registry.replace_meter("W-A", new_code="W-A2", by="account:1", at=AT)
    run()
    bound = sensing.streams(list(sensing.bound_params(SLUG)))
    assert [s.device_code for s in bound.values()] == ["W-A2"]


def test_a_birthday_brings_somebody_in_when_the_day_turns(street: Street) -> None:
    registry.correct(person_id=street.elder, values={"born_on": date(1966, 3, 4)}, by="account:1", at=AT)
    run()
    assert sensing.bound_subjects(SLUG) == set()
    for days, bound in ((1, set()), (2, {street.elder})):
        loop.pass_time(at=AT + timedelta(days=days))
        run(AT + timedelta(days=days))
        assert sensing.bound_subjects(SLUG) == bound


def test_a_committees_own_number_binds_its_homes_anew_and_no_others(street: Street) -> None:
    worker = viewer("committee_worker", street.path_a)
    place = int(street.path_a.rstrip("/").rsplit("/", 1)[-1])
    wanted = {"place_id": place, "why": "两位老人常去女儿家", "viewer": worker, "at": AT}
    actions.set_number(SLUG, "silence.for", "12h", **wanted)
    actions.set_number(SLUG, "silence.for", "12h", **wanted)
    run()
    assert sensing.bound_params(SLUG)[stream(street.home_a)]["silence"]["for"] == "12h"
    actions.set_number(SLUG, "silence.for", "", **wanted)
    run()
    assert sensing.bound_params(SLUG)[stream(street.home_a)]["silence"]["for"] == "24h"


@pytest.mark.parametrize(("key", "value", "named"), [
    ("silence.for", "2h", "6h to 72h"),
    ("silence.under", "31 L", "0 L to 30 L"),
    ("silence.for", "soon", "soon"),
    ("no_data", "12h", "no_data"),
])  # fmt: skip
def test_a_number_out_of_bounds_is_refused_and_the_bound_named(
    street: Street, key: str, value: str, named: str
) -> None:
    place = int(street.path_a.rstrip("/").rsplit("/", 1)[-1])
    worker = viewer("committee_worker", street.path_a)
    with pytest.raises(ValueError, match=named):
        actions.set_number(SLUG, key, value, place_id=place, why="x", viewer=worker, at=AT)


def test_another_committees_number_cannot_be_set(street: Street) -> None:
    place = int(street.path_b.rstrip("/").rsplit("/", 1)[-1])
    with pytest.raises(actions.PermissionDenied):
        actions.set_number(
            SLUG, "silence.for", "12h", place_id=place, why="x", viewer=viewer("committee_worker", street.path_a), at=AT
        )


def test_what_a_scenario_cannot_handle_is_kept_and_stops_nobody(street: Street, monkeypatch) -> None:
    def fall(fact, at) -> None:
        raise RuntimeError("a rule fell over")

    monkeypatch.setitem(loop.HANDLERS, "finding.opened", fall)
    silence(street.home_a)
    run()
    assert Failure.objects.get().error == "RuntimeError: a rule fell over"
    assert not Ticket.objects.exists()
    monkeypatch.undo()
    none(street.home_a)
    silence(street.home_a, ends=AT + timedelta(hours=1))
    run()
    assert Ticket.objects.count() == 1


def test_the_cards_facts_reach_the_desk(street: Street) -> None:
    silence(street.home_a)
    run()
    page = ticket_queries.desk(viewer("operations", street.root), at=AT)
    assert page.rows[0].title == "澄湾路120弄8号：24 小时几乎未用水"
