"""The sealer: dense numbers, nothing missed, nothing sealed twice, and a head file that never runs ahead."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from lilong.kernel.journal import actions, guard, head, queries, sealer, verify
from lilong.kernel.journal.models import Fact, Seal

AT = datetime(2026, 11, 22, 6, 10, tzinfo=UTC)


def write(count: int, kind: str = "ticket.opened") -> list[int]:
    with transaction.atomic():
        return actions.write_many([actions.NewFact(kind, ("ticket", n), "account:1", AT) for n in range(count)])


@pytest.mark.django_db
def test_facts_get_dense_numbers_in_order_and_only_once() -> None:
    ids = write(3)
    assert sealer.seal_once() == 3
    assert sealer.seal_once() == 0
    ids += write(2)
    assert sealer.seal_once() == 2
    assert [(fact.seq, fact.id) for fact in queries.after(0)] == list(enumerate(ids, 1))
    assert queries.head() == 5
    assert [fact.seq for fact in queries.about(("ticket", 1))] == [5, 2]


@pytest.mark.django_db
def test_more_facts_than_a_batch_holds_are_sealed_in_one_go() -> None:
    ids = write(2_500)
    assert sealer.seal_once() == 2_500
    assert [fact.id for fact in queries.after(0, limit=3_000)] == ids


@pytest.mark.django_db
def test_readers_follow_the_numbers_page_by_page_and_by_kind() -> None:
    write(4)
    noted = write(2, "ticket.noted")
    write(1)
    sealer.seal_once()
    assert [fact.seq for fact in queries.after(2, limit=3)] == [3, 4, 5]
    assert [fact.id for fact in queries.after(0, kinds={"ticket.noted"})] == noted
    assert queries.after(0, kinds=set()) == queries.after(7) == []


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_is_not_committed_is_not_sealed() -> None:
    write(1)
    sealer.seal_all()
    go_on, written = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            actions.write("ticket.slow", subject=("ticket", 1), by="account:1", at=AT)
            written.set()
            go_on.wait(10)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    written.wait(10)
    if connection.vendor == "postgresql":  # SQLite lets nobody write meanwhile
        write(1, "ticket.quick")
    running = sealer.Sealer()
    assert running.step() == 0, "a later transaction waits for the oldest one open"
    go_on.set()
    writer.join()
    sealer.seal_all()
    expected = ["ticket.opened", "ticket.slow"] + ["ticket.quick"] * (connection.vendor == "postgresql")
    assert [fact.kind for fact in queries.after(0)] == expected


@pytest.mark.django_db(transaction=True)
def test_a_running_sealer_sees_what_was_committed_between_two_looks() -> None:
    running = sealer.Sealer()
    until = time.monotonic() + 30
    for count in (1, 3, 2):
        write(count)
        wanted = running.sealed + count
        while running.sealed < wanted:
            assert time.monotonic() < until
            running.step()
    assert [fact.seq for fact in queries.after(0)] == [1, 2, 3, 4, 5, 6]
    assert verify.check().ok


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_each_fact_once() -> None:
    stop = threading.Event()
    running = [threading.Thread(target=sealer.run, args=(stop,)) for _ in range(2)]
    for thread in running:
        thread.start()
    for _ in range(40):
        write(5)
    until = time.monotonic() + 30
    while queries.head() < 200 and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    for thread in running:
        thread.join()
    assert sorted(fact.id for fact in queries.after(0)) == list(
        Fact.objects.order_by("id").values_list("id", flat=True)
    )
    assert queries.head() == 200
    assert verify.check().ok


@pytest.mark.django_db(transaction=True)
def test_a_stopping_sealer_first_seals_what_is_left() -> None:
    write(1)
    sealer.seal_all()  # so that no transaction before this one is open
    write(1_500)
    stop = threading.Event()
    stop.set()
    thread = threading.Thread(target=sealer.run, args=(stop,))
    thread.start()
    thread.join(20)
    sealer.seal_all()
    assert queries.head() == 1_501


@pytest.mark.django_db(transaction=True)
def test_the_head_file_follows_the_commit() -> None:
    assert head.load() is None
    write(2)
    sealer.seal_all()
    known = head.load()
    assert known is not None
    last = Seal.objects.get(seq=2)
    assert (known.seq, known.fact, known.chain) == (2, last.fact_id, bytes(last.chain).hex())
    with pytest.raises(RuntimeError), transaction.atomic():
        write(1)
        sealer.seal_once()
        raise RuntimeError
    assert head.load() == known


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_seal_and_head_file_is_made_good_by_the_next_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    write(1)
    sealer.seal_all()
    write(1)
    with monkeypatch.context() as crash:
        crash.setattr(head, "save", lambda new: (_ for _ in ()).throw(OSError("no space")))
        until = time.monotonic() + 30
        with pytest.raises(OSError, match="no space"):
            while time.monotonic() < until:
                sealer.seal_once()
    assert (queries.head(), head.load().seq) == (2, 1)
    assert verify.check().ok
    write(1)
    sealer.seal_all()
    assert (queries.head(), head.load().seq, head.kept()) == (3, 3, [])
    assert verify.check().ok


@pytest.mark.django_db(transaction=True)
def test_a_head_the_database_contradicts_is_kept_and_sealing_goes_on() -> None:
    write(3)
    sealer.seal_all()
    with guard.lifted(connection):
        Seal.objects.filter(seq=3).delete()
        Fact.objects.order_by("-id").first().delete()
    write(2)
    sealer.seal_all()
    assert queries.head() == 4
    assert [head.load(file).seq for file in head.kept()] == [3]
    write(1)
    sealer.seal_all()
    assert len(head.kept()) == 1, "kept once"
    (problem,) = verify.check().problems
    assert (problem.kind, problem.seq) == ("tail", 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "left", ["", "{}", '{"seq": 1, "fact": 1, "chain": "00", "at": "", "mac": "00"}', None], ids=repr
)
def test_a_head_file_removed_or_replaced_leaves_its_mark(left: str | None) -> None:
    write(1)
    sealer.seal_all()
    if left is None:
        head.file().unlink()
    else:
        head.file().write_text(left)
    assert [problem.kind for problem in verify.check().problems] == ["head"]
    write(1)
    sealer.seal_all()
    assert head.load().seq == 2
    assert [problem.kind for problem in verify.check().problems] == ["head"]


@pytest.mark.django_db
def test_a_fact_written_without_the_key_never_enters_the_chain() -> None:
    (ours,) = write(1)
    stolen = Fact.objects.values("kind", "subject_kind", "subject_id", "by", "at", "path", "data", "digest").get()
    forged = Fact.objects.create(**{**stolen, "subject_id": 99})
    assert sealer.seal_once() == 1
    assert [fact.id for fact in queries.after(0)] == [ours]
    assert [(p.kind, p.fact) for p in verify.check().problems if p.kind != "copied"] == [("content", forged.id)]


@pytest.mark.django_db
def test_a_row_nobody_can_read_stops_no_sealing() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps no text where a time should be")
    first, bad, last = write(3)
    with guard.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE journal_fact SET at = '2026-13-45 00:00:00' WHERE id = %s", [bad])
    assert sealer.seal_once() == 2
    assert [fact.id for fact in queries.after(0)] == [first, last]
    assert [(p.kind, p.fact) for p in verify.check().problems] == [("content", bad)]


@pytest.mark.django_db(transaction=True)
def test_cause_comes_before_effect_even_if_the_transaction_of_the_effect_began_first() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time")
    began, opened = threading.Event(), threading.Event()

    def accept() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
            began.set()
            opened.wait(10)
            actions.write("ticket.accepted", subject=("ticket", 1), by="account:1", at=AT)
        connection.close()

    effect = threading.Thread(target=accept)
    effect.start()
    began.wait(10)
    write(1, "ticket.opened")
    opened.set()
    effect.join()
    sealer.seal_all()
    assert [fact.kind for fact in queries.after(0)] == ["ticket.opened", "ticket.accepted"]
    assert Fact.objects.get(kind="ticket.accepted").xact < Fact.objects.get(kind="ticket.opened").xact


@pytest.mark.django_db(transaction=True)
def test_facts_brought_from_another_cluster_are_sealed() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite numbers no transactions")
    (fact,) = write(1)
    with guard.lifted(connection):
        Fact.objects.update(xact=2**60)
    sealer.seal_all()
    assert [found.id for found in queries.after(0)] == [fact]


@pytest.mark.django_db(transaction=True)
def test_a_torn_write_of_the_head_file_leaves_the_head_before() -> None:
    for seq in (1, 2, 3):
        write(1)
        sealer.seal_all()
        assert head.load().seq == seq
    whole = head.file().read_bytes()
    assert sorted(json.loads(line)["seq"] for line in whole.splitlines()) == [2, 3]
    newest = whole.index(b'{"seq": 3')
    head.file().write_bytes(whole[: newest + 40] + bytes(100) + whole[newest + 140 :])
    assert head.load().seq == 2
    assert verify.check().ok
    write(1)
    sealer.seal_all()
    assert (head.load().seq, head.kept()) == (4, [])
    assert sorted(json.loads(line)["seq"] for line in head.file().read_bytes().splitlines()) == [2, 4]
