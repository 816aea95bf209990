"""The desk as people meet it: today's work first, numbers that open the list they count, nothing out of scope."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lilong.kernel.tickets import actions as tickets
from lilong.portals.desk.conftest import NOW, words

pytestmark = pytest.mark.django_db


def rows(response) -> list[int]:
    """The tickets of the list, from the top."""
    return [int(n) for n in re.findall(r'data-ticket="(\d+)"', response.content.decode())]


def number(response, key: str) -> int:
    found = re.search(rf'id="stat-{key}".*?<b>(\d+)</b>', response.content.decode(), re.DOTALL)
    assert found
    return int(found[1])


@pytest.fixture
def day(ground, worker, at_noon) -> dict[str, int]:
    """A day's work in committee A: one late and mine, one urgent, one to watch, two done; and one in B."""
    ids = {
        "late": ground.ticket("Ah1", at=NOW - timedelta(hours=10)),
        "urgent": ground.ticket("Ah2", at=NOW - timedelta(minutes=50)),
        "watch": ground.ticket("Ah3", at=NOW - timedelta(hours=1), urgency="watch"),
        "done": ground.ticket("Ah4", at=NOW - timedelta(days=1)),
        "dead": ground.ticket("Ah5", at=NOW - timedelta(days=2)),
        "elsewhere": ground.ticket("Bh2", at=NOW - timedelta(hours=1)),
    }
    tickets.accept(ids["late"], viewer=worker.viewer, at=NOW - timedelta(hours=9))
    for name, outcome in (("done", "safe_at_home"), ("dead", "found_dead")):
        tickets.accept(ids[name], viewer=worker.viewer, at=NOW - timedelta(hours=20))
        tickets.close(ids[name], outcome=outcome, viewer=worker.viewer, at=NOW - timedelta(hours=19))
    return ids


def test_the_urgent_come_first_the_soonest_due_on_top(worker, day) -> None:
    page = worker.client.get("/desk")

    assert rows(page) == [day["late"], day["urgent"], day["watch"]]
    assert "1 件已超时，2 件紧急，共 3 件在办。" in words(page)
    assert "超时 6 小时" in words(page)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("open", ["late", "urgent", "watch"]),
        ("urgent", ["late", "urgent"]),
        ("late", ["late"]),
        ("mine", ["late"]),
        ("closed", ["done", "dead"]),
    ],
)
def test_each_number_opens_the_very_list_it_counts(worker, day, key, shown) -> None:
    page = worker.client.get("/desk", {"show": key})

    assert sorted(rows(page)) == sorted(day[name] for name in shown)
    assert number(page, key) == len(shown)
    assert f"共 {len(shown)} 件" in words(page)


def test_a_worker_sees_nothing_of_the_next_committee_and_operations_see_both(worker, operations, day) -> None:
    assert day["elsewhere"] not in rows(worker.client.get("/desk"))
    assert "88弄" not in words(worker.client.get("/desk", {"q": "88弄"}))
    assert day["elsewhere"] in rows(operations.client.get("/desk"))


def test_what_is_still_being_called_lies_on_the_operations_desk_alone(worker, operations, ground, at_noon) -> None:
    calling = ground.ticket("Ah1", wait=True)

    assert rows(worker.client.get("/desk")) == []
    assert "眼下没有要办的事" in words(worker.client.get("/desk"))
    assert rows(operations.client.get("/desk")) == [calling]
    assert "先打电话联系" in words(operations.client.get("/desk"))


def test_the_form_finds_by_number_and_building_and_state_without_a_script(worker, day) -> None:
    client = worker.client

    assert rows(client.get("/desk", {"q": f"{day['watch']:04d}"})) == [day["watch"]]
    assert rows(client.get("/desk", {"q": "120弄8号"})) == [day["late"], day["urgent"], day["watch"]]
    assert rows(client.get("/desk", {"state": "accepted"})) == [day["late"]]
    nothing = client.get("/desk", {"q": "没有这样的"})
    assert rows(nothing) == []
    assert "没有符合条件的工单" in words(nothing)
    assert 'value="没有这样的"' in nothing.content.decode()


def test_a_script_gets_the_part_that_changes_and_nothing_around_it(worker, day) -> None:
    part = worker.client.get("/desk", headers={"HX-Request": "true", "HX-Request-Type": "partial"})

    assert rows(part) == [day["late"], day["urgent"], day["watch"]]
    assert "<html" not in part.content.decode()


def test_somebody_who_died_is_named_without_a_colour(worker, day) -> None:
    page = worker.client.get("/desk", {"show": "closed"}).content.decode()
    row = re.search(rf'<tr[^>]*id="row-{day["dead"]}".*?</tr>', page, re.DOTALL)

    assert row
    assert "发现离世" in row[0]
    assert not re.search(r'class="badge (danger|warn|ok|info)', row[0])


def test_no_name_and_no_door_is_in_the_list(worker, day) -> None:
    page = worker.client.get("/desk").content.decode()

    assert "澄湾路120弄8号" in page
    for hidden in ("王秀珍", "102室", "1400000"):
        assert hidden not in page


def test_fifty_rows_to_a_page(worker, ground, at_noon) -> None:
    for n in range(52):
        ground.ticket("Ah1", finding_id=n + 1, at=NOW - timedelta(minutes=n))

    first = worker.client.get("/desk")
    second = worker.client.get("/desk", {"page": "2"})

    assert (len(rows(first)), len(rows(second))) == (50, 2)
    assert 'href="/desk?page=2"' in first.content.decode()
    assert "共 52 件" in words(second)


def test_a_stranger_is_led_to_the_door(client, db) -> None:
    assert client.get("/desk").headers["Location"] == "/sign-in?next=%2Fdesk"


def test_it_speaks_english(worker, day) -> None:
    page = words(worker.client.get("/desk", headers={"Accept-Language": "en"}))

    assert "1 overdue, 2 urgent, 3 open in all." in page
    assert "6 hours overdue" in page
    assert not re.search(
        r"[\u4e00-\u9fff]{2,}(?![^ ]*\d)", page.replace("澄湾一居", "").replace("施丽", "").replace("中文", "")
    )
