"""Somebody with every right over the database, and without the key, is found and named."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import typer
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from lilong.kernel.journal import actions, commands, digest, guard, head, sealer, verify
from lilong.kernel.journal.models import Fact, ReadEntry, Seal

AT = datetime(2026, 11, 22, 6, 10, tzinfo=UTC)
FACTS = 6


@pytest.fixture
def journal(db: None) -> list[int]:
    """Six sealed facts, of which the third and the sixth are reads; and a head file at the sixth."""
    ids = []
    with transaction.atomic():
        for n in range(1, FACTS + 1):
            if n % 3 == 0:
                read = {"fields": ["name", "phone"], "purpose": "visit", "route": "desk"}
                ids.append(actions.record_read(by="account:1", at=AT, subject=("person", n), **read))
            else:
                ids.append(actions.write("ticket.opened", subject=("ticket", n), by="account:1", at=AT, data={"n": n}))
    sealer.seal_once()
    last = Seal.objects.get(seq=FACTS)
    head.save(head.at_last(FACTS, last.fact_id, bytes(last.chain)))
    assert verify.check() == verify.Report(facts=FACTS, unsealed=0, problems=())
    return ids


@pytest.fixture(autouse=True)
def _no_head_left() -> None:
    yield
    for file in (head.file(), *head.kept()):
        file.unlink(missing_ok=True)


def found() -> list[tuple[str, int]]:
    return [(problem.kind, problem.seq) for problem in verify.check().problems]


def test_an_empty_journal_is_whole(db: None) -> None:
    assert verify.check() == verify.Report(facts=0, unsealed=0, problems=())


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "ticket.closed"},
        {"subject_kind": "person"},
        {"subject_id": 9},
        {"by": "account:2"},
        {"at": AT + timedelta(microseconds=1)},
        {"path": "/1/"},
        {"data": '{"n":3}'},
        {"data": "no json"},
        {"digest": b""},
        {"digest": bytes(49)},
    ],
    ids=str,
)
def test_any_altered_field_of_a_fact_is_named(journal: list[int], change: dict[str, object]) -> None:
    with guard.lifted(connection):
        Fact.objects.filter(id=journal[1]).update(**change)
    (problem,) = verify.check().problems
    assert (problem.kind, problem.seq, problem.fact) == ("content", 2, journal[1])
    assert f"fact {journal[1]}, sealed as 2, has been altered" in problem.words


def test_a_removed_fact_is_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        Fact.objects.filter(id=journal[3]).delete()
    (problem,) = verify.check().problems
    assert (problem.kind, problem.seq, problem.fact) == ("removed", 4, journal[3])


def test_a_removed_stretch_is_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        Seal.objects.filter(seq__in=[4, 5]).delete()
        Fact.objects.filter(id__in=journal[3:5]).delete()
    (problem,) = verify.check().problems
    assert (problem.kind, problem.seq, problem.words) == ("gap", 4, "seals 4 to 5 are missing")


def test_closing_a_gap_by_numbering_anew_is_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        Seal.objects.filter(seq=4).delete()
        Fact.objects.filter(id=journal[3]).delete()
        for seq in (5, 6):
            Seal.objects.filter(seq=seq).update(seq=seq - 1)
    assert found() == [("order", 4), ("order", 5), ("tail", 6)]


def test_two_facts_in_each_others_place_are_named_and_no_third(journal: list[int]) -> None:
    with guard.lifted(connection):
        Seal.objects.filter(seq=1).update(fact_id=0)
        Seal.objects.filter(seq=2).update(fact_id=journal[0])
        Seal.objects.filter(seq=1).update(fact_id=journal[1])
    assert found() == [("order", 1), ("order", 2)]


def test_a_fact_with_the_genuine_content_of_another_is_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        other = Fact.objects.values("kind", "subject_id", "data", "digest").get(id=journal[0])
        Fact.objects.filter(id=journal[1]).update(**other)
    assert found() == [("order", 2), ("copied", 0)]


def test_an_edited_seal_is_named_once(journal: list[int]) -> None:
    with guard.lifted(connection):
        Seal.objects.filter(seq=2).update(chain=digest.sign(b"another"))
    assert found() == [("order", 2)]


def test_a_missing_last_fact_is_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        Seal.objects.filter(seq=6).delete()
        ReadEntry.objects.filter(fact_id=journal[5]).delete()
        Fact.objects.filter(id=journal[5]).delete()
    (problem,) = verify.check().problems
    assert (problem.kind, problem.seq, problem.fact) == ("tail", 6, journal[5])
    assert "the journal ends at seal 5" in problem.words


def test_an_older_database_put_back_and_used_is_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        Seal.objects.filter(seq__gt=3).delete()
        ReadEntry.objects.filter(fact_id=journal[5]).delete()
        Fact.objects.filter(id__in=journal[3:]).delete()
    with transaction.atomic():
        actions.write_many([actions.NewFact("ticket.opened", ("ticket", 1), "account:1", AT)] * 5)
    sealer.seal_once()
    (problem,) = verify.check().problems
    assert (problem.kind, problem.seq) == ("tail", 6)


def test_everything_removed_is_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        for model in (Seal, Fact, ReadEntry):
            model.objects.all()._raw_delete("default")
    assert found() == [("tail", 6)]


def test_a_copy_of_an_old_fact_is_named(journal: list[int]) -> None:
    old = Fact.objects.values("kind", "subject_kind", "subject_id", "by", "at", "path", "data", "digest").get(
        id=journal[0]
    )
    copy = Fact.objects.create(**old)
    (problem,) = verify.check().problems
    assert (problem.kind, problem.fact) == ("copied", copy.id)


@pytest.mark.parametrize(
    "change", [{"by": "account:2"}, {"fields": "name"}, {"purpose": "x"}, {"subject_id": 1}, {"at": AT + timedelta(1)}]
)
def test_an_altered_entry_of_the_read_log_is_named(journal: list[int], change: dict[str, object]) -> None:
    with guard.lifted(connection):
        ReadEntry.objects.filter(fact_id=journal[2]).update(**change)
    (problem,) = verify.check().problems
    assert (problem.kind, problem.fact) == ("read_log", journal[2])


def test_removed_and_invented_entries_of_the_read_log_are_named(journal: list[int]) -> None:
    with guard.lifted(connection):
        ReadEntry.objects.filter(fact_id=journal[2]).update(fact_id=journal[0])
    problems = [(p.kind, p.fact) for p in verify.check().problems]
    assert problems == [("read_log", journal[2]), ("read_log", journal[0])]


def test_a_fact_long_without_a_seal_is_named_and_a_fresh_one_is_not(journal: list[int]) -> None:
    with transaction.atomic():
        fact = actions.write("ticket.opened", subject=("ticket", 1), by="account:1", at=AT)
    assert verify.check(at=AT + timedelta(minutes=9)) == verify.Report(facts=FACTS, unsealed=1, problems=())
    (problem,) = verify.check(at=AT + timedelta(minutes=11)).problems
    assert (problem.kind, problem.fact) == ("unsealed", fact)


def test_triggers_taken_down_are_named(journal: list[int]) -> None:
    guard.remove(connection)
    assert [problem.words.partition(":")[0] for problem in verify.check().problems] == list(guard.TABLES)
    guard.install(connection)
    assert verify.check().ok


def test_progress_is_told_on_a_long_journal(journal: list[int]) -> None:
    with transaction.atomic():
        actions.write_many([actions.NewFact("ticket.opened", ("ticket", 1), "account:1", AT)] * 4_500)
    sealer.seal_once()
    told: list[tuple[int, int]] = []
    assert verify.check(progress=lambda *step: told.append(step)).facts == 4_506
    assert told == [(2_000, 4_506), (4_000, 4_506), (4_506, 4_506)]


TAMPER: dict[str, Callable[[int], object]] = {
    "alter": lambda fact: Fact.objects.filter(id=fact).update(subject_id=F("subject_id") + 1),
    "remove": lambda fact: Fact.objects.filter(id=fact).delete(),
    "remove with seal": lambda fact: (
        Seal.objects.filter(fact_id=fact).delete(),
        Fact.objects.filter(id=fact).delete(),
    ),
    "edit seal": lambda fact: Seal.objects.filter(fact_id=fact).update(chain=bytes(33)),
    "move seal": lambda fact: Seal.objects.filter(fact_id=fact).update(seq=F("seq") + 100),
    "alter and digest anew": lambda fact: Fact.objects.filter(id=fact).update(by="account:9", digest=os.urandom(49)),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(place=st.integers(0, FACTS - 1), how=st.sampled_from(sorted(TAMPER)))
def test_whatever_is_done_to_whichever_fact_is_found(journal: list[int], place: int, how: str) -> None:
    mark = transaction.savepoint()
    with guard.lifted(connection):
        TAMPER[how](journal[place])
    report = verify.check()
    transaction.savepoint_rollback(mark)
    assert not report.ok
    assert any(problem.seq in (place + 1, 101 + place) or problem.fact == journal[place] for problem in report.problems)
    assert verify.check().ok


def run(*words: str) -> tuple[int, str]:
    app = typer.Typer()
    commands.register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["verify", *words])
    return result.exit_code, result.stdout


def test_the_command_says_it_in_words_or_json_and_by_its_exit_code(journal: list[int]) -> None:
    assert run() == (0, "6 sealed facts: the journal is whole\n")
    code, out = run("--json")
    assert (code, json.loads(out)) == (0, {"ok": True, "facts": 6, "unsealed": 0, "problems": []})
    with guard.lifted(connection):
        Fact.objects.filter(id=journal[1]).update(by="account:2")
    words = f"fact {journal[1]}, sealed as 2, has been altered"
    assert run() == (1, f"content: {words}\n6 sealed facts: problems found: 1\n")
    code, out = run("--json")
    problem = {"kind": "content", "seq": 2, "fact": journal[1], "words": words}
    assert (code, json.loads(out)) == (1, {"ok": False, "facts": 6, "unsealed": 0, "problems": [problem]})
