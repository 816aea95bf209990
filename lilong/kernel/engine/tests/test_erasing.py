"""Erasing somebody reaches the raw rows too, ends the watch, and leaves the journal whole."""

from __future__ import annotations

import pytest

from lilong.kernel.engine.tests.ground import AT, SLUG, make, run, silence
from lilong.kernel.journal import verify
from lilong.kernel.lake import actions as lake
from lilong.kernel.registry import actions as registry
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.tickets.models import Ticket


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_is_forgotten_everywhere_and_the_chain_still_verifies(monkeypatch) -> None:
    street = make()
    silence(street.home_a)
    run()
    assert sensing.bound_subjects(SLUG) == {street.elder}
    forgotten: list[int] = []
    real = lake.forget
    monkeypatch.setattr(lake, "forget", lambda person, **more: forgotten.append(person) or real(person, **more))
    registry.erase(person_id=street.elder, by="account:1", at=AT)
    run()
    assert forgotten == [street.elder]
    assert sensing.bound_subjects(SLUG) == set()
    assert Ticket.objects.count() == 1
    report = verify.check()
    assert report.ok, report.problems
    assert report.facts > 0
