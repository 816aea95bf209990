"""One ticket as people work it: what it shows, each step of it, what it refuses and keeps, and the quiet way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lilong.kernel.access import actions as access
from lilong.kernel.journal import queries as journal
from lilong.kernel.tickets import queries as tickets
from lilong.portals.desk.conftest import NOW, words

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ticket(ground, worker, at_noon) -> int:
    """A welfare check at 王秀珍's, twenty minutes old, waiting on committee A's desk."""
    return ground.ticket("Ah1", at=NOW - timedelta(minutes=20))


def post(person, ticket: int, verb: str, headers: dict[str, str] | None = None, **form: object):
    return person.client.post(f"/desk/tickets/{ticket}/{verb}", form, headers=headers or {})


def steps(person, ticket: int) -> list[tuple[str, str]]:
    card = tickets.ticket(person.viewer, ticket, at=NOW)
    assert card is not None
    return [(step.kind, step.result) for step in card.steps]


def state(person, ticket: int) -> str:
    card = tickets.ticket(person.viewer, ticket, at=NOW)
    assert card is not None
    return card.row.state


def test_the_subject_is_shown_masked_with_tags_contacts_and_household(worker, ticket) -> None:
    page = words(worker.client.get(f"/desk/tickets/{ticket}"))

    for shown in ("王**", "女 · 84 岁", "独居", "80 岁以上", "140****1000", "女儿 王** 140****2001 有备用钥匙"):
        assert shown in page
    for hidden in ("王秀珍", "王小芳", "14000001000", "102室"):
        assert hidden not in page


def test_the_drawer_and_the_page_are_drawn_by_the_same_fragment(worker, ticket) -> None:
    page = worker.client.get(f"/desk/tickets/{ticket}").content.decode()
    part = worker.client.get(f"/desk/tickets/{ticket}", headers=PART).content.decode()
    plain = lambda text: re.sub(r'value="\w{32,}"', "", text)  # noqa: E731  tokens and marks differ each time

    assert "<html" not in part
    assert plain(part).strip() in plain(page)


def test_water_is_drawn_by_the_hour_with_the_age_of_the_data_in_words(worker, ticket, metered) -> None:
    hours = [NOW - timedelta(hours=n) for n in range(72, 4, -1)]
    metered("Ah1", [(at, 1000.0 + 5 * n) for n, at in enumerate(hours)], delivery="nightly")

    answer = worker.client.get(f"/desk/tickets/{ticket}")

    assert "数据截至 11-22 09:30 · 每夜一批" in words(answer)
    assert "截至当时的 24 小时共用 120 升，前一天 120 升" in words(answer)
    bars = re.findall(r'<rect class="(used|nought|unknown)"', answer.content.decode())
    assert (bars.count("used"), bars.count("unknown")) == (67, 5)


def test_a_home_without_a_meter_has_no_chart_and_one_that_never_spoke_says_so(worker, ticket, metered) -> None:
    assert "近三天用水" not in words(worker.client.get(f"/desk/tickets/{ticket}"))

    metered("Ah1", [])

    page = words(worker.client.get(f"/desk/tickets/{ticket}"))
    assert "还没有收到过数据" in page
    assert "最近 24 小时的数据不全" in page


def test_accepting_makes_it_mine_and_shows_the_door(worker, ticket) -> None:
    answer = post(worker, ticket, "accept")

    assert answer.headers["Location"] == f"/desk/tickets/{ticket}"
    page = words(worker.client.get(f"/desk/tickets/{ticket}"))
    assert "在我手上" in page
    assert "上门，记录结果" in page
    assert state(worker, ticket) == "accepted"


def test_a_script_gets_the_new_ticket_and_word_that_the_list_changed(worker, ticket) -> None:
    answer = post(worker, ticket, "accept", headers=PART)

    assert answer.headers["HX-Trigger"] == "desk-changed"
    assert "在我手上" in words(answer)
    assert "<html" not in answer.content.decode()


def test_a_call_is_noted_with_what_was_said(worker, ticket) -> None:
    post(worker, ticket, "accept")
    post(worker, ticket, "call", whom="emergency_contact", answered="0", note="响了很久", key="abc123")

    page = words(worker.client.get(f"/desk/tickets/{ticket}"))
    assert "打电话给紧急联系人：没有人接 响了很久" in page
    assert ("call", "no_answer") in steps(worker, ticket)


def test_a_form_sent_twice_is_noted_once(worker, ticket) -> None:
    post(worker, ticket, "accept")
    for _ in range(2):
        post(worker, ticket, "call", whom="family", answered="1", key="same")
        post(worker, ticket, "note", words="灯亮着", key="same")

    kinds = [kind for kind, _result in steps(worker, ticket)]
    assert kinds.count("call") == kinds.count("note") == 1


def test_nobody_opens_and_each_step_of_the_chain_has_its_time(worker, ticket) -> None:
    post(worker, ticket, "accept")
    assert "没人应门：逐级联系" in words(worker.client.get(f"/desk/tickets/{ticket}"))

    post(worker, ticket, "no-answer", step="family")
    post(worker, ticket, "no-answer", step="neighbour")

    page = worker.client.get(f"/desk/tickets/{ticket}").content.decode()
    chain = re.findall(r'<li class="(done|now|)">.*?<span>([^<]+)</span>', page, re.DOTALL)
    assert chain[:3] == [("done", "联系家属"), ("done", "询问邻居"), ("now", "找备用钥匙保管人")]
    assert state(worker, ticket) == "accepted", "no answer is a step, never an outcome"


def test_taken_by_family_until_a_day_leaves_the_home_in_peace(worker, ticket) -> None:
    post(worker, ticket, "accept")
    page = worker.client.get(f"/desk/tickets/{ticket}").content.decode()
    offered = re.findall(r'value="(\w+)" required data-absent', page)
    assert offered == ["taken_by_family", "away", "in_hospital"]

    post(worker, ticket, "close", outcome="taken_by_family", away_until="2026-11-27", note="儿子接去苏州")

    closed = next(fact for fact in journal.about(("ticket", ticket)) if fact.kind == "ticket.closed")
    assert closed.data["outcome"] == "taken_by_family"
    assert closed.data["away_until"].startswith("2026-11-27T00:00:00+08:00")
    assert "家属接走" in words(worker.client.get(f"/desk/tickets/{ticket}"))


@pytest.mark.parametrize(
    ("verb", "form", "said"),
    [
        ("close", {"note": "看过"}, "请先选一个结果"),
        ("close", {"outcome": "away", "away_until": "2026-11-20", "note": "看过"}, "回来的日子要在今天之后"),
        ("close", {"outcome": "away", "away_until": "明天", "note": "看过"}, "日期写成 2026-11-22 这样"),
        ("close", {"outcome": "won_the_lottery", "note": "看过"}, "这件工单没有这个结果"),
        ("no-answer", {"step": "fire_brigade"}, "这件工单没有这一步"),
        ("call", {"whom": "family"}, "请说明打给谁、有没有接通"),
        ("note", {"words": "   "}, "请写下看到、听到的情况"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(worker, ticket, verb, form, said) -> None:
    post(worker, ticket, "accept")
    before = steps(worker, ticket)

    answer = post(worker, ticket, verb, **form)

    assert answer.status_code == 422
    assert said in words(answer)
    assert steps(worker, ticket) == before
    if "note" in form:
        assert "看过</textarea>" in answer.content.decode()


def test_a_ticket_that_somebody_else_took_meanwhile_says_so(ground, worker, ticket, sign_in) -> None:
    other = sign_in("committee_worker", ground.paths["A"], name="沈明")
    post(other, ticket, "accept")

    answer = post(worker, ticket, "accept")

    assert answer.status_code == 422
    assert "工单刚刚有了变化" in words(answer)
    assert "沈明" in words(answer)


def test_somebody_found_dead_is_closed_in_quiet(worker, ticket) -> None:
    post(worker, ticket, "accept")
    assert "系统不会自动发送任何消息" in words(worker.client.get(f"/desk/tickets/{ticket}"))

    answer = post(worker, ticket, "close", outcome="found_dead")
    page = worker.client.get(answer.headers["Location"])

    assert "发现离世 已记录在案，不再提醒，也不会自动发送任何消息。" in words(page)
    body = page.content.decode()
    assert "toast" not in re.sub(
        r"<template.*?</template>", "", body.replace('class="toasts"', ""), flags=re.DOTALL
    ).replace('id="toasts"', "")
    assert not re.search(r'class="(badge|settled notice) (danger|warn|ok|info)', body)
    assert f'data-ticket="{ticket}"' not in worker.client.get("/desk").content.decode()


def test_operations_call_first_and_send_somebody_when_nobody_answers(ground, operations, worker, at_noon) -> None:
    calling = ground.ticket("Ah1", at=NOW - timedelta(minutes=2), wait=True)
    page = words(operations.client.get(f"/desk/tickets/{calling}"))
    assert "到 11-22 14:43 还联系不上，就派居委上门。" in page
    assert worker.client.get(f"/desk/tickets/{calling}").status_code == 404

    post(operations, calling, "call", whom="emergency_contact", answered="0", key="k1")
    post(operations, calling, "dispatch")

    assert "派到居委" in words(operations.client.get(f"/desk/tickets/{calling}"))
    assert state(worker, calling) == "waiting"


def test_clear_values_are_shown_for_a_purpose_and_leave_a_record(ground, worker, ticket) -> None:
    answer = post(worker, ticket, "reveal", fields=["phone", "address", "contacts"], purpose="visit")

    page = words(answer)
    for shown in ("+8614000001000", "澄湾路120弄8号102室", "王小芳 +8614000002001", "已记入查看记录"):
        assert shown in page
    assert "王秀珍" not in page, "only what was asked for"
    read = journal.reads_of(("person", ground.people["Ah1"]))[0]
    assert (read.by, set(read.fields), read.purpose) == (worker.viewer.by, {"phone", "address", "contacts"}, "visit")
    assert "14000001000" not in words(worker.client.get(f"/desk/tickets/{ticket}")), "masked again"


@pytest.mark.parametrize(
    ("form", "said"),
    [({"purpose": "visit"}, "请勾选要看什么"), ({"fields": ["phone"], "purpose": "curiosity"}, "请选一个用途")],
)
def test_without_a_field_or_a_purpose_nothing_is_shown(ground, worker, ticket, form, said) -> None:
    answer = post(worker, ticket, "reveal", **form)

    assert answer.status_code == 422
    assert said in words(answer)
    assert "14000001000" not in words(answer)
    assert journal.reads_of(("person", ground.people["Ah1"])) == []


def test_another_committees_ticket_is_not_there_from_any_address(ground, sign_in, ticket) -> None:
    other = sign_in("committee_worker", ground.paths["B"])

    assert other.client.get(f"/desk/tickets/{ticket}").status_code == 404
    for verb in ("accept", "call", "no-answer", "note", "close", "dispatch", "hand-back", "void", "reveal"):
        answer = post(other, ticket, verb, outcome="away", fields=["phone"], purpose="visit", words="x")
        assert answer.status_code in {403, 404}, verb
        assert "澄湾路120弄" not in answer.content.decode()


def test_the_holder_of_a_task_link_sees_the_case_and_no_person(client, ground, worker, ticket) -> None:
    post(worker, ticket, "accept")
    token = access.make_task_link(case=ticket, by="system:test", at=NOW, expires=NOW + timedelta(hours=4))
    door = client.get(f"/case/{token}")
    if door.status_code == 200:
        client.post(f"/case/{token}")

    page = client.get(f"/desk/tickets/{ticket}")

    assert page.status_code == 200
    assert "几乎未用水" in words(page)
    assert "140****1000" not in words(page)
    assert "回到工单列表" not in words(page)
    assert client.post(f"/desk/tickets/{ticket}/note", {"words": "门口有快递"}).status_code == 302
    assert "门口有快递" in words(client.get(f"/desk/tickets/{ticket}"))
    assert client.post(f"/desk/tickets/{ticket}/close", {"outcome": "away"}).status_code == 403
    assert client.get("/desk").status_code == 403


def test_a_department_reads_and_does_not_act(ground, sign_in, ticket) -> None:
    department = sign_in("department", ground.paths["S"])

    page = words(department.client.get(f"/desk/tickets/{ticket}"))

    assert "您可以查看这件工单，不能处置。" in page
    assert "王**" not in page, "a department has no right to individuals"
    assert post(department, ticket, "accept").status_code == 403


def test_an_unknown_verb_is_no_address(worker, ticket) -> None:
    assert post(worker, ticket, "erase").status_code == 404
    assert worker.client.get(f"/desk/tickets/{ticket}/accept").status_code == 405
