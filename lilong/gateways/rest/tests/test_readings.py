"""`POST /api/v1/readings`: a batch by HTTP, answered when it is safe, and every refusal in words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from lilong.kernel.sensing import handover, payload, queries
from lilong.kernel.sensing.log import Log
from lilong.kernel.sensing.tests import ground
from lilong.kernel.sensing.tests.ground import AT, Ground, reading
from lilong.kernel.sensing.tests.running import Intake, Time, running

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
Post = Callable[..., Awaitable[Any]]


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.LILONG_HOME = tmp_path
    return tmp_path


def posting(there: Ground, home: Path, steps: Callable[[Post, Intake], Awaitable[None]]) -> None:
    """Run steps against the web process's view with intake behind it."""

    async def whole() -> None:
        async with running(home / "readings", Time(AT)) as intake, handover.door(home, intake.flow):
            await steps(post_as(there.tokens["G-0"]), intake)
        await sync_to_async(connections.close_all)()

    asyncio.run(whole())


def post_as(token: str) -> Post:
    client = AsyncClient()

    async def post(body: Any, form: str = "application/json", **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {token}", **headers}
        return await client.post("/api/v1/readings", data=data, content_type=form, headers=headers)

    return post


def test_a_batch_is_accepted_with_each_reading_that_was_put_aside(home: Path) -> None:
    there = ground.make()

    async def steps(post: Post, intake: Intake) -> None:
        batch = [reading(0, AT, 5), reading(0, AT, 5), reading(9, AT, 1), reading(1, AT, 7)]
        answer = await post(batch)
        assert (answer.status_code, answer.json()) == (
            202,
            {"accepted": 2, "aside": [{"index": 1, "reason": "duplicate"}, {"index": 2, "reason": "unknown_device"}]},
        )
        answer = await post([reading(0, AT - HOUR, 4)], "application/json; charset=utf-8")
        assert answer.json() == {"accepted": 1, "aside": []}

    posting(there, home, steps)
    assert [r.value for r in queries.recent_readings(there.streams[0], AT - HOUR)] == [4, 5]


def test_the_answer_comes_after_the_sync(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = ground.make(1)
    order: list[str] = []
    sync = Log.sync

    def noted(log: Log) -> None:
        sync(log)
        order.append("synced")

    async def steps(post: Post, intake: Intake) -> None:
        await post([reading(0, AT, 5)])
        order.append("answered")

    monkeypatch.setattr(Log, "sync", noted)
    posting(there, home, steps)
    assert order[:2] == ["synced", "answered"]


def test_a_table_is_taken_too(home: Path) -> None:
    there = ground.make()

    async def steps(post: Post, intake: Intake) -> None:
        answer = await post(
            f"device,time,value\nW-0,{AT.isoformat()},5.5\nW-1,{AT.isoformat()},x\n".encode(), "text/csv"
        )
        assert answer.json() == {"accepted": 1, "aside": [{"index": 1, "reason": "not_a_number"}]}

    posting(there, home, steps)


def test_every_refusal_says_what_was_wrong(home: Path) -> None:
    there = ground.make(1)

    async def steps(post: Post, intake: Intake) -> None:
        good = [reading(0, AT, 5)]
        refused = {
            401: await post(good, authorization="Bearer nonsense"),
            413: await post(b" " * (payload.BODY_LIMIT + 1)),
            415: await post(good, "application/xml"),
            422: await post(b"{nonsense"),
        }
        for status, answer in refused.items():
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            told = answer.json()
            assert (told["status"], told["type"]) == (status, "about:blank")
            assert told["detail"]
        assert refused[401].headers["www-authenticate"] == "Bearer"
        assert (await post(good, authorization="")).status_code == 401
        assert (await AsyncClient().get("/api/v1/readings")).status_code == 405

    posting(there, home, steps)
    assert queries.recent_readings(there.streams[0], AT - HOUR) == []


def test_a_meter_sends_for_itself_and_for_no_other(home: Path) -> None:
    there = ground.make()

    async def steps(_: Post, intake: Intake) -> None:
        answer = await post_as(there.tokens["W-0"])([reading(0, AT, 5), reading(1, AT, 5)])
        assert answer.json() == {"accepted": 1, "aside": [{"index": 1, "reason": "foreign_child"}]}

    posting(there, home, steps)


def test_while_intake_is_away_or_crowded_the_sender_is_told_to_come_again(home: Path) -> None:
    there = ground.make(1)

    async def steps(post: Post, intake: Intake) -> None:
        intake.flow._fits.clear()
        crowded = await post([reading(0, AT, 5)])
        intake.flow._fits.set()
        assert (crowded.status_code, crowded.headers["retry-after"]) == (503, "5")

    posting(there, home, steps)

    async def away() -> None:
        answer = await post_as(there.tokens["G-0"])([reading(0, AT, 5)])
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        await sync_to_async(connections.close_all)()

    asyncio.run(away())


def test_a_folder_whose_name_is_too_long_for_a_socket_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="LILONG_HOME"):
        handover._path(tmp_path / ("x" * 120))
