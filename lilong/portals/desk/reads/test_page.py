"""The log of reads: one's own, everybody's for the auditor, with the purpose and without a name of the person read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lilong.kernel.registry import queries as registry
from lilong.portals.desk.conftest import NOW, words

pytestmark = pytest.mark.django_db


def look(person, ground, home: str, *, minutes: int = 0, purpose: str = "visit") -> None:
    at = NOW - timedelta(minutes=minutes)
    registry.reveal(person.viewer, ground.people[home], fields=["phone"], purpose=purpose, at=at, route="/desk")


def test_i_see_what_i_looked_at_and_nobody_elses_looks(ground, worker, sign_in, at_noon) -> None:
    other = sign_in("committee_worker", ground.paths["A"], name="沈明")
    look(worker, ground, "Ah1")
    look(other, ground, "Ah2", purpose="verify")

    page = words(worker.client.get("/desk/reads"))

    assert f"11-22 14:30 居民 {ground.people['Ah1']} 号 电话 上门探访" in page
    assert f"居民 {ground.people['Ah2']} 号" not in page


def test_the_auditor_sees_every_look_with_who_and_why_and_no_name_of_the_person(
    ground, worker, sign_in, at_noon
) -> None:
    look(worker, ground, "Ah1")
    auditor = sign_in("auditor", ground.paths["S"], name="陈静")

    page = words(auditor.client.get("/desk/reads/all"))

    assert f"施丽 居民 {ground.people['Ah1']} 号 电话 上门探访" in page
    assert "王" not in page
    assert worker.client.get("/desk/reads/all").status_code == 403
    assert auditor.client.get("/desk/reads").status_code == 403


def test_an_auditor_of_one_committee_sees_no_look_at_people_of_another(ground, operations, sign_in, at_noon) -> None:
    look(operations, ground, "Ah1", purpose="contact")
    look(operations, ground, "Bh1", purpose="contact")
    auditor = sign_in("auditor", ground.paths["A"])

    page = words(auditor.client.get("/desk/reads/all"))

    assert f"居民 {ground.people['Ah1']} 号" in page
    assert f"居民 {ground.people['Bh1']} 号" not in page


def test_older_looks_are_on_the_next_page(ground, worker, at_noon) -> None:
    for n in range(51):
        look(worker, ground, "Ah1", minutes=n)

    first = worker.client.get("/desk/reads").content.decode()
    assert "更早的" in first
    older = worker.client.get("/desk/reads?before=" + first.split("?before=")[1].split('"')[0])

    assert first.count('<tr role="row">') == 51
    assert older.content.decode().count('<tr role="row">') == 2
    assert "更早的" not in words(older)


def test_with_nothing_looked_at_it_says_so(worker, at_noon) -> None:
    assert "还没有查看记录" in words(worker.client.get("/desk/reads"))
