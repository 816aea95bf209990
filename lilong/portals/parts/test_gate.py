"""The gate: so many at once and no more, and whoever only waits for news is not counted."""

from __future__ import annotations

import asyncio

import pytest

from lilong.portals.parts.gate import Gate, Receive, Scope, Send

BODY = {"type": "http.response.body", "body": b""}


async def nothing(*_: object) -> None:
    """Neither asked nor told."""


async def through(gate: Gate, count: int) -> None:
    await asyncio.gather(*(gate({}, nothing, nothing) for _ in range(count)))


def test_no_more_than_so_many_are_worked_on_at_once_and_all_come_through() -> None:
    inside, most, done = 0, 0, 0

    async def page(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal inside, most, done
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside -= 1
        done += 1
        await send({"type": "http.response.start"})
        await send(BODY)

    asyncio.run(through(Gate(page, at_once=3), 20))
    assert (most, done) == (3, 20)


def test_an_open_stream_makes_room_with_its_first_bytes() -> None:
    opened = 0

    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal opened
        await send(BODY)
        opened += 1
        while opened < 20:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(through(Gate(stream, at_once=3), 20), 10))
    assert opened == 20


def test_a_request_that_fails_makes_room() -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    async def story() -> None:
        gate = Gate(failing, at_once=1)
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await asyncio.wait_for(gate({}, nothing, nothing), 5)

    asyncio.run(story())
