"""The compiled filter says what a plain interpreter says, of everybody, in three values."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.filters import compile, parse, write
from lilong.kernel.filters.queries import count, explain, matching
from lilong.kernel.filters.running import rows
from lilong.kernel.filters.tests import oracle
from lilong.kernel.filters.tests.worlds import AT, EXPRESSIONS, worlds

pytestmark = pytest.mark.django_db

MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@MANY
@given(worlds(), st.lists(EXPRESSIONS, min_size=1, max_size=4))
def test_compiled_filters_and_the_plain_interpreter_agree(world, expressions):
    with transaction.atomic():
        world.store()
        for expr in expressions:
            there = [who for who in range(len(world.people)) if oracle.present(world, who)]
            truths = {world.ids[who]: oracle.truth(expr, world, who) for who in there}
            for one in set(truths.values()):
                event(f"truth {one}")
            yes = sorted(person for person, truth in truths.items() if truth)
            unknown = sorted(person for person, truth in truths.items() if truth is None)
            compiled = compile(expr, at=AT)
            assert sorted(row[0] for row in rows(compiled.yes, compiled.params)) == yes
            assert sorted(row[0] for row in rows(compiled.unknown, compiled.params)) == unknown
            assert matching(expr, SYSTEM, AT) == yes
            assert (answer := count(expr, SYSTEM, AT)).yes == len(yes)
            assert answer.unknown == len(unknown)
        transaction.set_rollback(True)


@MANY
@given(EXPRESSIONS)
def test_a_filter_written_and_parsed_again_is_the_same(expr):
    assert parse(write(expr)) == expr


@settings(MANY, max_examples=30)
@given(worlds(), EXPRESSIONS)
def test_an_explanation_gives_each_clause_the_truth_that_the_interpreter_gives(world, expr):
    with transaction.atomic():
        world.store()
        for who, person in enumerate(world.ids):
            clause = explain(expr, person, SYSTEM, AT)
            assert (clause is not None) == oracle.present(world, who)
            if clause is not None:
                _same(clause, expr, world, who)
        transaction.set_rollback(True)


def _same(clause, expr, world, who):
    assert clause.text == write(expr)
    assert clause.truth is oracle.truth(expr, world, who)
    assert bool(clause.missing) == (clause.truth is None)
    for evidence in clause.evidence:
        if evidence.name != "resident":
            assert evidence.value == oracle.value(_term(evidence.name), world, who)
    parts = getattr(expr, "parts", None) or ([expr.part] if hasattr(expr, "part") else [])
    for part_clause, part in zip(clause.parts, parts, strict=False):
        _same(part_clause, part, world, who)


def _term(name):
    """The term that an evidence speaks of, from its name."""
    found = parse(f"{name} IS NULL")
    return found.term
