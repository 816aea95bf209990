"""A task link opens its one case while it lasts; what is stored opens nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lilong.kernel.access import actions, queries
from lilong.kernel.access.models import TaskLink
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal import queries as journal

from .conftest import AT

pytestmark = pytest.mark.django_db


def after(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


def make(case: int = 9, hours: float = 4) -> str:
    return actions.make_task_link(case=case, by="scenario:elder_water_silence", at=AT, expires=after(hours))


def test_the_holder_sees_one_case_and_every_opening_is_on_record() -> None:
    token = make()
    viewer = actions.open_task_link(token, at=after(1))
    link = TaskLink.objects.get()
    assert viewer == Viewer(by=f"link:{link.pk}", case=9)
    assert actions.open_task_link(token, at=after(2)) == viewer
    told = [(fact.kind, fact.by, fact.data["case"]) for fact in journal.about(("task_link", link.pk))]
    opened = ("task_link.opened", f"link:{link.pk}", 9)
    assert told == [opened, opened, ("task_link.made", "scenario:elder_water_silence", 9)]


def test_neither_the_database_nor_the_journal_holds_the_token() -> None:
    token = make()
    link = TaskLink.objects.get()
    assert token not in str(list(TaskLink.objects.values_list()))
    assert token not in str(journal.about(("task_link", link.pk)))
    assert actions.open_task_link(link.token_hash, at=AT) is None


def test_it_ends_with_its_time_or_when_it_is_taken_back() -> None:
    first, second, other = make(), make(hours=8), make(case=10)
    assert actions.open_task_link(first, at=after(4)) is None
    assert actions.open_task_link(second, at=after(4)) is not None
    links = [link.pk for link in TaskLink.objects.order_by("pk")]
    assert actions.revoke_task_links(case=9, by="account:1", at=after(5)) == 2
    assert actions.revoke_task_links(case=9, by="account:1", at=after(5)) == 0
    assert [bool(queries.viewer_of_link(link, at=after(3))) for link in links] == [False, False, True]
    assert actions.open_task_link(second, at=after(5)) is None
    assert actions.open_task_link(other, at=AT) is not None


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "\x00", "9"])
def test_a_guess_opens_nothing_and_leaves_no_trace_as_an_opening(token: str) -> None:
    make()
    assert actions.open_task_link(token, at=AT) is None
    link = TaskLink.objects.get()
    assert [fact.kind for fact in journal.about(("task_link", link.pk))] == ["task_link.made"]


def test_a_link_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="expires after"):
        make(hours=0)
