from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import settings as installed
from pytest_django import Settings

from lilong.kernel.lake import raw
from lilong.kernel.lake.actions import deliver, forget
from lilong.kernel.lake.models import Delivery, Origin
from lilong.kernel.places.tests.town import AT, BY, build
from lilong.kernel.registry.actions import erase
from lilong.kernel.registry.models import Person

from .files import HEADERS, line, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.LILONG_HOME = tmp_path / "home"


def kept() -> Path:
    (path,) = (Path(installed.LILONG_HOME) / "lake").rglob("*.parquet")
    return path


def test_every_row_is_kept_by_kind_and_day_with_what_names_somebody_sealed(tmp_path: Path) -> None:
    build()
    lines = [[*line(2), "汉族"], [*line(4, name="李凤英", home="nowhere"), "汉族"]]
    deliver("people", write(tmp_path / "a.csv", lines, headers=[*HEADERS, "民族"]), by=BY, at=AT)
    path = kept()
    assert path == raw.path_of("people", AT.date(), Delivery.objects.get().digest)
    assert path.stat().st_mode & 0o077 == 0
    table = pq.read_table(path).to_pydict()
    assert table["_row"] == [1, 2]
    assert table["房屋编码"] == ["h502", "nowhere"]
    content = path.read_bytes()
    for secret in ("李凤英", lines[0][2], "14000000002", "汉族"):
        assert secret.encode() not in content
    assert [raw.opened_cell(cell) for cell in table["姓名"]] == ["王秀珍", "李凤英"]
    assert [raw.opened_cell(cell) for cell in table["民族"]] == ["汉族", "汉族"]  # a column nobody here knows


def test_a_password_is_kept_nowhere(tmp_path: Path) -> None:
    build()
    headers = ["用户名", "姓名", "角色", "范围编码", "初始密码"]
    lines = [["juwei1", "俞敏芳", "committee_worker", "nowhere", "chengwan-demo-2026"]]
    deliver("accounts", write(tmp_path / "a.csv", lines, headers=headers), by=BY, at=AT)
    table = pq.read_table(kept()).to_pydict()
    assert "初始密码" not in table
    assert [raw.opened_cell(cell) for cell in table["姓名"]] == ["俞敏芳"]


def test_an_erased_person_is_struck_out_of_every_raw_row(tmp_path: Path) -> None:
    build()
    deliver("people", write(tmp_path / "a.csv", [line(2), line(4, name="李凤英")]), by=BY, at=AT)
    person = Person.objects.get(name="李凤英")
    erase(person_id=person.id, by=BY, at=AT)
    assert forget(person.id, by=BY, at=AT) == 1
    assert forget(person.id, by=BY, at=AT) == 0
    table = pq.read_table(kept()).to_pydict()
    assert table["_row"] == [1, 2]
    assert table["房屋编码"] == ["h502", None]
    assert [raw.opened_cell(cell) for cell in table["姓名"]] == ["王秀珍", ""]
    assert not Origin.objects.filter(subject_id=person.id).exists()


def test_a_later_file_keeps_no_row_of_somebody_erased(tmp_path: Path) -> None:
    build()
    deliver("people", write(tmp_path / "a.csv", [line(4, name="李凤英")]), by=BY, at=AT)
    erase(person_id=Person.objects.get().id, by=BY, at=AT)
    kept().unlink()
    deliver("people", write(tmp_path / "b.csv", [line(2), line(4, name="李凤英")]), by=BY, at=AT)
    table = pq.read_table(kept()).to_pydict()
    assert [raw.opened_cell(cell) for cell in table["姓名"]] == ["王秀珍", ""]
    assert Person.objects.filter(erased_at=None).count() == 1
