"""What the desk's stream tells whom: of one's own scope, of one's own desk, and of nobody by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal.queries import SealedFact
from lilong.portals.desk.live.page import render

WORKER = Viewer(by="account:1", account_id=1, roles=frozenset({"committee_worker"}), scope=frozenset({"/1/2/"}))
OPERATIONS = Viewer(by="account:2", account_id=2, roles=frozenset({"operations"}), scope=frozenset({"/1/"}))
AT = datetime(2026, 11, 22, tzinfo=UTC)


def fact(what: str = "opened", *, desk: str = "committee", path: str = "/1/2/3/") -> SealedFact:
    data = {"desk": desk, "state": "waiting", "urgency": "urgent", "quiet": False}
    return SealedFact(1, 1, f"ticket.{what}", "ticket", 7, "scenario:elder_water_silence", AT, path, data)


def told(what: SealedFact, viewer: Viewer) -> dict[str, object] | None:
    event = render(what, viewer)
    return json.loads(event.data) if event else None


def test_a_ticket_of_ones_scope_is_told_by_its_number_alone() -> None:
    assert told(fact(), WORKER) == {"ticket": 7, "new": True, "urgent": True}


def test_nothing_of_another_committee_is_told() -> None:
    assert told(fact(path="/1/9/3/"), WORKER) is None
    assert told(fact(path="/1/9/3/"), OPERATIONS) is not None


def test_what_lies_on_the_operations_desk_is_told_to_operations_alone() -> None:
    assert told(fact(desk="operations"), WORKER) is None
    assert told(fact(desk="operations"), OPERATIONS) == {"ticket": 7, "new": True, "urgent": True}


@pytest.mark.parametrize(("viewer", "new"), [(WORKER, True), (OPERATIONS, False)])
def test_sent_to_the_committee_it_is_new_there_and_known_here(viewer: Viewer, new: bool) -> None:
    assert told(fact("dispatched"), viewer) == {"ticket": 7, "new": new, "urgent": True}


@pytest.mark.parametrize("what", ["accepted", "step", "noted", "closed", "voided"])
def test_what_happens_to_it_later_is_no_news(what: str) -> None:
    assert told(fact(what), WORKER) == {"ticket": 7, "new": False, "urgent": True}
