from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from lilong.kernel.access.models import Account, Grant
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.lake import actions, intakes, queries
from lilong.kernel.lake.actions import FileRefused, deliver
from lilong.kernel.lake.models import Delivery, Origin
from lilong.kernel.places.queries import path_of
from lilong.kernel.places.tests.town import AT, BY, build
from lilong.kernel.registry.models import Person, Residency
from lilong.kit.intake import Row, Taken

from .files import HEADERS, line, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings: Settings) -> None:
    settings.DEMO = True


def counts(receipt: actions.Receipt) -> tuple[int, int, int, int]:
    return receipt.rows, receipt.changed, receipt.unchanged, receipt.refused


def everything() -> tuple[object, ...]:
    """All that a delivery of people may change."""
    return (
        list(Person.objects.order_by("id").values("id", "name", "path", "sex")),
        list(Residency.objects.order_by("id").values()),
        list(Delivery.objects.values()),
        Origin.objects.count(),
        len(list(journal.about(("person", 1), limit=500))),
    )


def test_a_file_is_taken_and_one_fact_says_so(tmp_path: Path) -> None:
    build()
    path = write(tmp_path / "人口.csv", [line(order) for order in range(2, 12)])
    seen: list[tuple[int, int]] = []
    receipt = deliver("people", path, by=BY, at=AT, progress=lambda done, rows: seen.append((done, rows)))
    assert counts(receipt) == (10, 10, 0, 0)
    assert seen[-1] == (10, 10)
    assert Person.objects.count() == 10
    (fact,) = journal.about(("delivery", receipt.id), limit=9)
    assert (fact.kind, fact.data) == (
        "delivery.taken",
        {"kind": "people", "rows": 10, "changed": 10, "unchanged": 0, "refused": 0},
    )
    assert queries.origins(SYSTEM, ("person", Person.objects.earliest("id").id)) == [
        queries.OriginRow("people", "人口.csv", 1, AT)
    ]


def test_the_same_file_again_changes_nothing_whatever_its_name(tmp_path: Path) -> None:
    build()
    lines = [line(2), line(3), line(4, home="nowhere")]
    deliver("people", write(tmp_path / "a.csv", lines), by=BY, at=AT)
    before = everything()
    again = deliver("people", write(tmp_path / "最终2.csv", lines), by=BY, at=AT + timedelta(days=1))
    assert counts(again) == (3, 0, 2, 1)
    assert again.again
    assert everything() == before


def test_a_later_file_with_the_same_people_changes_only_what_it_tells(tmp_path: Path) -> None:
    build()
    deliver("people", write(tmp_path / "a.csv", [line(2), line(4)]), by=BY, at=AT)
    receipt = deliver("people", write(tmp_path / "b.csv", [line(2), line(4, home="h501")]), by=BY, at=AT)
    assert counts(receipt) == (2, 1, 1, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_every_usual_encoding_give_the_same_people(tmp_path: Path, encoding: str) -> None:
    build()
    deliver("people", write(tmp_path / "a.csv", [line(2, name="王赟")], encoding=encoding), by=BY, at=AT)
    assert list(Person.objects.values_list("name", flat=True)) == ["王赟"]


def test_a_renamed_required_column_refuses_the_file_by_its_name_and_leaves_what_was(tmp_path: Path) -> None:
    build()
    deliver("people", write(tmp_path / "a.csv", [line(2)]), by=BY, at=AT)
    before = list(Person.objects.values())
    headers = [header.replace("公民身份号码", "号码") for header in HEADERS]
    path = write(tmp_path / "b.csv", [line(4)], headers=headers)
    with pytest.raises(FileRefused, match="缺少必需的列：公民身份号码"):
        deliver("people", path, by=BY, at=AT)
    assert list(Person.objects.values()) == before
    refused = queries.deliveries(SYSTEM)[0]
    assert (refused.state, refused.reason) == ("refused", "缺少必需的列：公民身份号码")
    assert [fact.kind for fact in journal.about(("delivery", refused.id), limit=9)] == ["delivery.refused"]
    told = deliver("people", path, by=BY, at=AT, headers={"号码": "公民身份号码"})
    assert counts(told) == (1, 1, 0, 0)


def test_a_column_that_is_there_twice_is_not_chosen_between(tmp_path: Path) -> None:
    headers = [header.replace("注销日期", "身份证号") for header in HEADERS]
    with pytest.raises(FileRefused, match="列出现了两次：公民身份号码"):
        deliver("people", write(tmp_path / "a.csv", [line(2)], headers=headers), by=BY, at=AT)


def test_an_unknown_kind_names_the_kinds_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tree, buildings, homes, people, contacts, devices"):
        deliver("weather", write(tmp_path / "a.csv", []), by=BY, at=AT)


def test_a_row_with_a_cell_too_many_waits_and_is_not_guessed_at(tmp_path: Path) -> None:
    build()
    receipt = deliver("people", write(tmp_path / "a.csv", [[*line(2), "", "more"], line(4)]), by=BY, at=AT)
    assert counts(receipt) == (2, 1, 0, 1)
    (waiting,) = queries.quarantine(SYSTEM)
    assert (waiting.row, waiting.reason) == (1, "这一行的格子比表头多")


def test_a_second_row_of_one_number_waits_wherever_it_stands_and_a_copy_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    monkeypatch.setattr(actions, "CHUNK", 4)
    monkeypatch.setattr(actions, "SMALLEST_CHUNK", 1)
    lines = [line(2), *(line(order) for order in range(10, 20)), line(2), line(2, home="h501")]
    receipt = deliver("people", write(tmp_path / "a.csv", lines), by=BY, at=AT)
    assert counts(receipt) == (13, 11, 1, 1)
    (waiting,) = queries.quarantine(SYSTEM)
    assert (waiting.row, waiting.field, waiting.reason) == (13, "公民身份号码", "与第 1 行相同，内容却不同")


class Killed(BaseException):
    """Stands for the process being killed: nothing catches it."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inside", [True, False], ids=["within a chunk", "between two chunks"])
def test_a_delivery_killed_half_way_and_repeated_ends_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    build()
    monkeypatch.setattr(actions, "CHUNK", 8)
    monkeypatch.setattr(actions, "SMALLEST_CHUNK", 2)
    lines = [line(order, home="nowhere" if order % 7 == 0 else "h502") for order in range(2, 42)]
    path = write(tmp_path / "a.csv", lines)
    real = intakes.named("people")

    def dies(rows: Sequence[Row], **who: Any) -> Taken:
        taken = real.take(rows, **who)
        if inside and int(rows[0]["row"]) > 10:
            raise Killed
        return taken

    def watch(done: int, rows: int) -> None:
        if not inside and done > 10:
            raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(actions, "named", lambda kind: replace(real, take=dies))
        with pytest.raises(Killed):
            deliver("people", path, by=BY, at=AT, progress=watch)
    half = Person.objects.count()
    assert 0 < half < 35
    assert Delivery.objects.get().state == "taking"
    receipt = deliver("people", path, by=BY, at=AT)
    assert counts(receipt) == (40, 35, 0, 5)
    assert Person.objects.count() == 35
    assert Origin.objects.count() == 35
    assert len(queries.quarantine(SYSTEM)) == 5
    assert [fact.kind for fact in journal.about(("delivery", receipt.id), limit=9)] == ["delivery.taken"]


@pytest.mark.django_db(transaction=True)
def test_two_who_deliver_one_file_at_once_take_every_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    monkeypatch.setattr(actions, "CHUNK", 8)
    monkeypatch.setattr(actions, "SMALLEST_CHUNK", 2)
    path = write(tmp_path / "a.csv", [line(order) for order in range(2, 82)])
    met = Barrier(2)

    def one() -> actions.Receipt:
        met.wait()
        try:
            return deliver("people", path, by=BY, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        receipts = [run.result() for run in [pool.submit(one), pool.submit(one)]]
    assert {receipt.rows for receipt in receipts} == {80}
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.rows_done, delivery.changed, delivery.unchanged) == ("complete", 80, 80, 0)
    assert Person.objects.count() == Origin.objects.count() == 80
    assert [fact.kind for fact in journal.about(("delivery", delivery.id), limit=9)] == ["delivery.taken"]


def test_who_finds_the_file_finished_meanwhile_does_not_finish_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    path = write(tmp_path / "a.csv", [line(2)])
    real = actions.reading.read

    def slow(*args: Any) -> Any:
        monkeypatch.setattr(actions.reading, "read", real)
        deliver("people", path, by=BY, at=AT)  # another process is through before this one has read the file
        return real(*args)

    monkeypatch.setattr(actions.reading, "read", slow)
    receipt = deliver("people", path, by=BY, at=AT)
    assert counts(receipt) == (1, 1, 0, 0)
    assert [fact.kind for fact in journal.about(("delivery", receipt.id), limit=9)] == ["delivery.taken"]


def test_a_row_the_database_will_not_hold_waits_and_the_rest_of_its_chunk_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    real = intakes.named("people")

    def picky(rows: Sequence[Row], **who: Any) -> Taken:
        if any(row["name"] == "怪" for row in rows):
            raise DataError("value too long")
        return real.take(rows, **who)

    monkeypatch.setattr(actions, "named", lambda kind: replace(real, take=picky))
    lines = [line(2), line(4, name="怪"), line(6)]
    receipt = deliver("people", write(tmp_path / "a.csv", lines), by=BY, at=AT)
    assert counts(receipt) == (3, 2, 0, 1)
    (waiting,) = queries.quarantine(SYSTEM)
    assert (waiting.row, waiting.reason) == (2, "数据库不接受这一行")


def test_accounts_are_delivered_like_anything_else_with_scope_by_code(tmp_path: Path) -> None:
    ids = build()
    path = write(
        tmp_path / "accounts.csv",
        [["juwei1", "俞敏芳", "committee_worker", "A;B1", "chengwan-demo-2026"]],
        headers=["用户名", "姓名", "角色", "范围编码", "初始密码"],
    )
    assert counts(deliver("accounts", path, by=BY, at=AT)) == (1, 1, 0, 0)
    account = Account.objects.get(username="juwei1")
    paths = set(Grant.objects.filter(account=account).values_list("path", flat=True))
    assert paths == {path_of(ids["A"]), path_of(ids["B1"])}


def test_every_kind_is_found_by_walking_and_in_the_order_it_must_be_taken() -> None:
    kinds = list(intakes.every())
    assert kinds[:6] == ["tree", "buildings", "homes", "people", "contacts", "devices"]
    assert kinds[-1] == "accounts"


@given(st.integers(50, 500), st.floats(0, 10))
def test_a_chunk_shrinks_when_it_held_the_lock_too_long_and_stays_within_bounds(size: int, took_s: float) -> None:
    new = actions.fitting(size, took_s)
    assert actions.SMALLEST_CHUNK <= new <= actions.CHUNK
    assert new <= size * 2
    if took_s > actions.LOCK_S:
        assert new <= max(size, actions.SMALLEST_CHUNK)
