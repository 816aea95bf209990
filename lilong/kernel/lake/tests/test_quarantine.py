from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from lilong.kernel.access.viewer import ANONYMOUS, SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.lake import queries
from lilong.kernel.lake.actions import deliver, drop, release
from lilong.kernel.lake.models import Delivery, Origin, Quarantine
from lilong.kernel.places.tests.town import AT, BY, build, worker
from lilong.kernel.registry.models import Person
from lilong.kernel.registry.tests.neighbours import number

from .files import BORN, line, write

pytestmark = pytest.mark.django_db
STEWARD = {"role": "steward", "purposes": frozenset({"verify"})}


@pytest.fixture(autouse=True)
def demonstration(settings: Settings) -> None:
    settings.DEMO = True


@pytest.fixture
def waiting(tmp_path: Path) -> queries.WaitingRow:
    """One of two rows waits, for its number and then for its home."""
    build()
    wrong = line(4, name="李凤英", home="nowhere", 公民身份号码=number(BORN, 4)[:-1] + "Z")
    deliver("people", write(tmp_path / "人口.csv", [line(2), wrong]), by=BY, at=AT)
    (row,) = queries.quarantine(SYSTEM)
    return row


def test_a_bad_row_waits_with_file_row_field_reason_and_itself(waiting: queries.WaitingRow) -> None:
    assert (waiting.kind, waiting.file_name, waiting.row) == ("people", "人口.csv", 2)
    assert (waiting.field, waiting.reason) == ("公民身份号码", "含有不该有的字符")
    assert waiting.cells["姓名"] == "李**"
    assert waiting.cells["联系电话"] == "1***"
    assert waiting.cells["房屋编码"] == "nowhere"


def test_what_waits_is_sealed_and_told_in_clear_only_for_a_purpose(waiting: queries.WaitingRow) -> None:
    held = bytes(Quarantine.objects.get().raw_cipher or b"")
    assert "李凤英".encode() not in held
    steward = replace(worker(**STEWARD), scope=frozenset({"/"}))  # type: ignore[arg-type]
    assert queries.quarantine(steward) == [waiting]
    cells = queries.reveal_row(steward, waiting.id, purpose="verify", at=AT, route="/setup")
    assert cells["姓名"] == "李凤英"
    (entry,) = journal.reads_of(("quarantine", waiting.id))
    assert (entry.by, entry.purpose) == ("account:7", "verify")
    for viewer, purpose in ((steward, "visit"), (worker(), "visit"), (SYSTEM, "verify"), (ANONYMOUS, "verify")):
        with pytest.raises(PermissionDenied):
            queries.reveal_row(viewer, waiting.id, purpose=purpose, at=AT)
    assert queries.quarantine(worker()) == []


def test_a_row_is_released_when_all_of_it_is_right(waiting: queries.WaitingRow) -> None:
    still = release(waiting.id, values={"公民身份号码": number(BORN, 4)}, by="account:7", at=AT)
    assert still == "没有这个房屋编码"
    (row,) = queries.quarantine(SYSTEM)
    assert (row.field, row.reason) == ("房屋编码", "没有这个房屋编码")
    assert release(waiting.id, values={"房屋编码": "h501"}, by="account:7", at=AT) == ""
    assert queries.quarantine(SYSTEM) == []
    person = Person.objects.get(name="李凤英")
    delivery = Delivery.objects.get()
    assert (delivery.changed, delivery.unchanged, delivery.refused) == (2, 0, 0)
    assert Origin.objects.filter(subject_kind="person", subject_id=person.id, row=2).exists()
    assert Quarantine.objects.get().raw_cipher is None
    (fact,) = journal.about(("quarantine", waiting.id), limit=9)
    assert (fact.kind, fact.by) == ("quarantine.released", "account:7")
    assert fact.data == {"delivery": delivery.id, "row": 2, "fields": ["home"]}


def test_releasing_twice_does_no_harm(waiting: queries.WaitingRow) -> None:
    values = {"公民身份号码": number(BORN, 4), "房屋编码": "h501"}
    assert release(waiting.id, values=values, by=BY, at=AT) == ""
    assert release(waiting.id, values=values, by=BY, at=AT) == ""
    assert Person.objects.count() == 2
    assert Delivery.objects.get().changed == 2


def test_a_column_that_the_kind_does_not_have_cannot_be_corrected(waiting: queries.WaitingRow) -> None:
    with pytest.raises(ValueError, match="民族"):
        release(waiting.id, values={"民族": "?"}, by=BY, at=AT)


def test_a_row_may_be_given_up(waiting: queries.WaitingRow) -> None:
    drop(waiting.id, by=BY, at=AT)
    drop(waiting.id, by=BY, at=AT)
    assert queries.quarantine(SYSTEM) == []
    assert release(waiting.id, values={}, by=BY, at=AT) == ""
    assert Person.objects.count() == 1
    assert [fact.kind for fact in journal.about(("quarantine", waiting.id), limit=9)] == ["quarantine.dropped"]
