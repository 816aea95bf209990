"""The committee's own numbers: set within bounds, for a reason, tried before, taken back, and nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lilong.kernel.engine import actions as engine_actions
from lilong.kernel.engine import queries as engine
from lilong.portals.desk.conftest import NOW, SCENARIO, words
from lilong.portals.desk.rules.quantity import quantity

pytestmark = pytest.mark.django_db

KEY = "silence.for"


def field(place_id: int, key: str = KEY) -> str:
    return f"{SCENARIO}.{key}.{place_id}"


def send(person, do: str = "set", *, place_id: int, amount: str = "18", why: str = "本居民区独居老人多"):
    form = {"field": field(place_id), "amount": amount, "why": why, "do": do}
    return person.client.post("/desk/rules/change", form)


def number(person, place_id: int) -> engine.NumberRow:
    return next(r for r in engine.numbers(person.viewer) if r.key == KEY and r.place_id == place_id)


def test_each_number_is_shown_with_its_bounds_in_words(worker, at_noon) -> None:
    page = words(worker.client.get("/desk/rules"))

    assert "独居老人用水守护" in page
    assert "可设 6 到 72 小时；统一值 24 小时" in page
    assert "可设 0 到 30 升；统一值 10 升" in page


def test_a_number_is_changed_with_who_when_and_why(ground, worker, at_noon) -> None:
    answer = send(worker, place_id=ground.ids["A"])

    assert answer.headers["Location"] == "/desk/rules"
    row = number(worker, ground.ids["A"])
    assert (row.value, row.own, row.by, row.why) == ("18h", True, worker.viewer.by, "本居民区独居老人多")
    page = words(worker.client.get("/desk/rules"))
    assert "本居委自定" in page
    assert "11-22 14:30 · 施丽 改为 18 小时 · 本居民区独居老人多" in page


def test_going_back_to_the_common_value_is_a_change_too(ground, worker, at_noon) -> None:
    send(worker, place_id=ground.ids["A"])
    send(worker, "reset", place_id=ground.ids["A"], why="试过了，太多提醒")

    row = number(worker, ground.ids["A"])
    assert (row.value, row.own) == ("24h", False)
    assert [n.value for n in row.history] == ["", "18h"]


@pytest.mark.parametrize(
    ("amount", "why", "said"),
    [
        ("5", "夜里也要知道", "请填 6 小时 到 72 小时 之间的数"),
        ("73", "太多提醒", "请填 6 小时 到 72 小时 之间的数"),
        ("很久", "太多提醒", "请填 6 小时 到 72 小时 之间的数"),
        ("nan", "太多提醒", "请填 6 小时 到 72 小时 之间的数"),
        ("18", "  ", "请写一句为什么改"),
    ],
)
def test_what_is_out_of_bounds_or_without_a_reason_changes_nothing(ground, worker, at_noon, amount, why, said) -> None:
    answer = send(worker, place_id=ground.ids["A"], amount=amount, why=why)

    assert answer.status_code == 422
    assert said in words(answer)
    assert f'value="{amount}"' in answer.content.decode()
    assert not number(worker, ground.ids["A"]).own


def test_a_trial_changes_nothing_and_keeps_what_was_typed(ground, worker, at_noon) -> None:
    answer = send(worker, "try", place_id=ground.ids["A"])

    assert "这里还没有可以倒推的读数。" in words(answer)
    assert re.search(r'name="amount" value="18"', answer.content.decode())
    assert not number(worker, ground.ids["A"]).own


def test_a_trial_says_how_often_and_where_it_would_have_spoken(ground, worker, metered, at_noon) -> None:
    hours = [NOW - timedelta(hours=n) for n in range(120, -1, -1)]
    metered("Ah1", [(at, 1000.0 if n < 30 else 1000.0 + 9 * n) for n, at in enumerate(hours)])
    engine_actions.settle(at=NOW)

    same = words(send(worker, "try", place_id=ground.ids["A"], amount="24"))
    longer = words(send(worker, "try", place_id=ground.ids["A"], amount="48"))

    assert "现在 24 小时 0.2 如果 24 小时 0.2" in same
    assert "会落在 1 栋楼 澄湾路120弄8号 1" in same
    assert "用 1 户近 5 天的真实读数倒推" in same
    assert "如果 48 小时 0 " in longer
    assert "会落在" not in longer


def test_a_committee_sets_no_number_of_another(ground, worker, operations, at_noon) -> None:
    assert "汾河苑居委" not in words(worker.client.get("/desk/rules"))
    assert send(worker, place_id=ground.ids["B"]).status_code == 404
    assert not number(operations, ground.ids["B"]).own
    assert "汾河苑居委" in words(operations.client.get("/desk/rules"))


def test_who_may_not_set_numbers_does_not_see_the_page(ground, sign_in) -> None:
    officer = sign_in("grid_officer", ground.paths["A"])

    assert officer.client.get("/desk/rules").status_code == 403
    assert "规则数值" not in words(officer.client.get("/desk"))


def test_a_quantity_is_said_in_hours_or_litres_and_written_back() -> None:
    assert [str(quantity(text).number) for text in ("24h", "90m", "3d", "10 L", "2 m3")] == [
        "24",
        "1.5",
        "72",
        "10",
        "2000",
    ]
    assert quantity("24h").written("1.5") == "1.5h"
    assert quantity("10 L").written("12") == "12 L"
