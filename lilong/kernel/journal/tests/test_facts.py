"""Facts: written with the change or not at all, in a fixed form, and never touched again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from lilong.kernel.journal import actions, guard, queries, sealer
from lilong.kernel.journal.models import Fact, ReadEntry, Seal

AT = datetime(2026, 11, 22, 6, 10, tzinfo=UTC)


def write(kind: str = "ticket.opened", subject: tuple[str, int] = ("ticket", 7), **changes: object) -> int:
    return actions.write(kind, subject=subject, **{"by": "account:12", "at": AT, **changes})


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        write()
    assert Fact.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_fact_goes_with_the_change_that_failed() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert Fact.objects.count() == 0


@pytest.mark.django_db
def test_a_fact_comes_back_as_it_was_written() -> None:
    fact = write(path="/1/4/", data={"steps": ["call"], "litres": 2.5, "home": 3, "left": None})
    assert queries.about(("ticket", 7)) == [
        queries.SealedFact(
            seq=0,
            id=fact,
            kind="ticket.opened",
            subject_kind="ticket",
            subject_id=7,
            by="account:12",
            at=AT,
            path="/1/4/",
            data={"home": 3, "left": None, "litres": 2.5, "steps": ["call"]},
        )
    ]


@pytest.mark.django_db
def test_many_facts_get_ascending_ids_in_the_order_given() -> None:
    facts = [
        actions.NewFact("person.added", ("person", n), "system:lake", AT + timedelta(seconds=n), data={"n": n})
        for n in range(1_203)
    ]
    ids = actions.write_many(facts)
    assert ids == sorted(ids)
    assert dict(Fact.objects.values_list("id", "subject_id")) == dict(zip(ids, range(1_203), strict=True))
    assert actions.write_many([]) == []


@pytest.mark.django_db
def test_a_timeline_is_of_one_subject_newest_first() -> None:
    ids = [write(), write("ticket.noted"), write(subject=("ticket", 8)), write("ticket.closed")]
    assert [fact.id for fact in queries.about(("ticket", 7))] == [ids[3], ids[1], ids[0]]
    assert [fact.id for fact in queries.about(("ticket", 7), limit=1)] == [ids[3]]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "opened"},
        {"kind": "Ticket.Opened"},
        {"kind": "ticket." + "o" * 60},
        {"by": "王秀珍"},
        {"by": "account"},
        {"at": datetime(2026, 11, 22, 6, 10)},
        {"data": {"name": "王秀珍"}},
        {"data": {"phone": "14000001234"}},
        {"data": {"note": "call +8614000001234 now"}},
        {"data": {"number": "99000119600101123X"}},
        {"data": {"value": float("nan")}},
    ],
    ids=str,
)
@pytest.mark.django_db
def test_what_could_name_a_person_or_has_no_fixed_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError) as refusal:
        write(**change)
    assert "14000001234" not in str(refusal.value), "the message goes to logs"
    assert Fact.objects.count() == 0


@pytest.mark.django_db
def test_ids_counts_and_stamps_are_no_personal_numbers() -> None:
    write(
        data={
            "as_of": "2026-11-22T06:10:00.123456+08:00",
            "micros": 1795300000123456,
            "many": [14000001234, 14000001234],
            "share": 0.14000001234567,
        }
    )
    assert Fact.objects.count() == 1


@pytest.mark.django_db
def test_looking_at_clear_data_leaves_a_fact_and_an_entry_that_say_the_same() -> None:
    fact = actions.record_read(
        by="account:12", at=AT, subject=("person", 5), fields=["name", "phone"], purpose="welfare_check",
        path="/1/4/17/", route="desk-ticket",
    )  # fmt: skip
    actions.record_read(by="account:13", at=AT, subject=("person", 6), fields=["name"], purpose="visit")
    read = queries.Read(
        fact, "person", 5, "account:12", AT, ("name", "phone"), "welfare_check", "/1/4/17/", "desk-ticket"
    )
    assert queries.reads_of(("person", 5)) == [read]
    assert queries.reads_of(("person", 7)) == []
    (told,) = queries.about(("person", 5))
    assert (told.id, told.kind, told.path) == (fact, "read.revealed", "/1/4/17/")
    assert told.data == {"fields": ["name", "phone"], "purpose": "welfare_check", "route": "desk-ticket"}


@pytest.mark.django_db
def test_the_log_of_reads_is_paged_newest_first_and_by_who_looked() -> None:
    ids = [
        actions.record_read(by=by, at=AT, subject=("person", n), fields=["name"], purpose="visit")
        for n, by in enumerate(["account:1", "account:2", "account:1", "account:1"])
    ]
    assert [read.id for read in queries.reads()] == ids[::-1]
    assert [read.id for read in queries.reads(limit=2)] == [ids[3], ids[2]]
    assert [read.subject_id for read in queries.reads(before=ids[2])] == [1, 0]
    assert [read.id for read in queries.reads(by="account:1", before=ids[3])] == [ids[2], ids[0]]


@pytest.mark.django_db
def test_what_waits_for_its_seal_is_counted() -> None:
    assert queries.unsealed() == (0, None)
    write()
    write(at=AT - timedelta(hours=1))
    write()
    assert queries.unsealed() == (3, AT - timedelta(hours=1))
    assert queries.unsealed(limit=1) == (1, AT)
    sealer.seal_once()
    assert queries.unsealed() == (0, None)


@pytest.mark.parametrize("model", [Fact, Seal, ReadEntry])
@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.django_db
def test_the_database_refuses_to_change_or_remove(model: type[Fact | Seal | ReadEntry], change: str) -> None:
    fact = actions.record_read(by="account:12", at=AT, subject=("person", 5), fields=["name"], purpose="visit")
    Seal.objects.create(seq=1, fact_id=fact, chain=b"chain")
    before = list(model.objects.values())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        if change == "update":
            model.objects.update(**({"chain": b""} if model is Seal else {"by": "account:99"}))
        else:
            model.objects.all()._raw_delete(model.objects.db)
    assert list(model.objects.values()) == before != []


@pytest.mark.django_db
def test_the_triggers_stand_again_after_being_lifted() -> None:
    write()
    with guard.lifted(connection):
        assert Fact.objects.update(by="account:99") == 1
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Fact.objects.update(by="account:12")
