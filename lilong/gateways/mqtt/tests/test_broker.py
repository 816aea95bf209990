"""The embedded broker: devices with their tokens, each on its own topic, acknowledged when what they sent is safe."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from lilong.gateways.mqtt import broker, connection, topics
from lilong.gateways.mqtt.tests.raw import answer, connect, ended, packet, publish, text, wire
from lilong.kernel.sensing.aside import Aside
from lilong.kernel.sensing.flow import Outcome

TOKENS = {"W-1": "secret", "W-2": "other"}
BODY = json.dumps({"stream": "water_volume", "time": "2026-03-02T08:00:00+08:00", "value": 1}).encode()
CONNACK, REFUSED = b"\x20\x02\x00\x00", b"\x20\x02\x00\x04"
Port = int


@dataclass
class PretendFlow:
    """What stands behind the door: notes what comes, and makes it safe when the test says so."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[asyncio.Future[Outcome]] = field(default_factory=list)
    at_once: bool = True

    def take(self, device: str, body: bytes) -> asyncio.Future[Outcome]:
        self.taken.append((device, body))
        return self._safe()

    def refuse(self, other: Aside) -> asyncio.Future[Outcome]:
        self.refused.append((other.device, other.reason))
        return self._safe()

    def count(self, device: str, reason: str) -> None:
        self.refused.append((device, reason))

    async def room(self) -> None: ...

    def _safe(self) -> asyncio.Future[Outcome]:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        if self.at_once:
            future.set_result(Outcome(1))
        return future


def with_broker(test: Callable[[PretendFlow, Port], Awaitable[None]]) -> None:
    """Run a test against a broker of its own."""

    async def who(name: str, token: str) -> str | None:
        return name if token and TOKENS.get(name) == token else None

    async def whole() -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        flow: Any = PretendFlow()
        async with broker.listening(flow, who, "127.0.0.1", port):
            await test(flow, port)

    asyncio.run(whole())


@asynccontextmanager
async def signed_in(
    port: Port, device: str = "W-1", *, client: str = "c", keep_alive: int = 60
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with wire(port) as (reader, writer):
        writer.write(connect(client, device, TOKENS[device], keep_alive))
        assert await answer(reader, 4) == CONNACK
        yield reader, writer


def test_a_message_is_acknowledged_when_it_is_safe_and_not_before() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        flow.at_once = False
        async with signed_in(port) as (reader, writer):
            writer.write(publish(topics.of("W-1"), BODY, 7) + publish(topics.of("W-1"), BODY, 8))
            while len(flow.taken) < 2:
                await asyncio.sleep(0.01)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await reader.read(1)
            flow.waiting[1].set_result(Outcome(1))
            assert await answer(reader, 4) == b"\x40\x02\x00\x08"
            flow.waiting[0].set_result(Outcome(1))
            assert await answer(reader, 4) == b"\x40\x02\x00\x07"
        assert flow.taken == [("W-1", BODY)] * 2

    with_broker(test)


def test_what_could_not_be_made_safe_is_never_acknowledged() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        flow.at_once = False
        async with signed_in(port) as (reader, writer):
            writer.write(publish(topics.of("W-1"), BODY) + packet(0xC0, b""))
            assert await answer(reader, 2) == b"\xd0\x00", "the ping is answered meanwhile"
            flow.waiting[0].set_exception(OSError("no room on the disk"))
            writer.write(packet(0xC0, b""))
            assert await answer(reader, 2) == b"\xd0\x00"

    with_broker(test)


def test_quality_0_needs_no_answer_and_quality_2_has_its_two() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with signed_in(port) as (reader, writer):
            writer.write(publish(topics.of("W-1"), BODY, qos=0) + publish(topics.of("W-1"), BODY, 9, qos=2))
            assert await answer(reader, 4) == b"\x50\x02\x00\x09"
            writer.write(packet(0x62, b"\x00\x09"))
            assert await answer(reader, 4) == b"\x70\x02\x00\x09"
        assert len(flow.taken) == 2

    with_broker(test)


@pytest.mark.parametrize(("user", "token"), [("W-1", "wrong"), ("W-9", "secret"), ("W-1", ""), ("", "secret")])
def test_a_stranger_is_refused_and_counted(user: str, token: str) -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with wire(port) as (reader, writer):
            writer.write(connect("c", user, token))
            assert await answer(reader, 4) == REFUSED
            assert await ended(reader)
        assert flow.refused == [(user, "unknown_device")]

    with_broker(test)


def test_a_stranger_who_knows_a_client_id_does_not_end_the_other_s_connection() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with signed_in(port, client="meter") as (reader, writer):
            for user, token in (("W-1", "wrong"), ("W-2", "other")):
                async with wire(port) as (theirs, out):
                    out.write(connect("meter", user, token))
                    await answer(theirs, 4)
            writer.write(publish(topics.of("W-1"), BODY))
            assert await answer(reader, 4) == b"\x40\x02\x00\x01"

    with_broker(test)


def test_the_same_device_under_the_same_name_takes_over() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with signed_in(port) as (first, _), signed_in(port) as (second, writer):
            assert await ended(first)
            writer.write(publish(topics.of("W-1"), BODY))
            assert await answer(second, 4) == b"\x40\x02\x00\x01"

    with_broker(test)


def test_another_s_topic_is_put_aside_and_answered_so_that_it_does_not_come_again() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with signed_in(port) as (reader, writer):
            for topic in (topics.of("W-2"), "$SYS/x", "anything"):
                writer.write(publish(topic, BODY))
                assert await answer(reader, 4) == b"\x40\x02\x00\x01"
        assert flow.refused == [("W-1", "foreign_topic")] * 3
        assert flow.taken == []

    with_broker(test)


def test_a_device_may_not_listen_to_others() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with signed_in(port) as (reader, writer):
            writer.write(packet(0x82, b"\x00\x05" + text("#") + b"\x01"))
            assert await answer(reader, 5) == b"\x90\x03\x00\x05\x80"
            async with signed_in(port, "W-2") as (theirs, out):
                out.write(publish(topics.of("W-2"), BODY))
                await answer(theirs, 4)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await reader.read(1)

    with_broker(test)


@pytest.mark.parametrize(
    "broken",
    [
        b"\x30\xff\xff\xff\x7f",  # longer than a message may be
        b"\x30\xff\xff\xff\xff\x01",  # a length that never ends
        b"\xf0\x00",  # a kind that does not exist
        b"\x32\x01\x00",  # a PUBLISH without its topic
        b"\x36\x05\x00\x01a\x00\x01",  # quality 3
        publish("lilong/devices/+/readings", BODY),
        connect("c", "W-1", "secret"),  # a second CONNECT
    ],
)
def test_who_breaks_the_protocol_is_let_go_and_the_broker_goes_on(broken: bytes) -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with signed_in(port) as (reader, writer):
            writer.write(broken)
            assert await ended(reader)
        async with signed_in(port) as (reader, writer):
            writer.write(publish(topics.of("W-1"), BODY))
            assert await answer(reader, 4) == b"\x40\x02\x00\x01"
        assert broken[:2] != b"\x30\xff" or b"\x7f" not in broken or flow.refused == [("W-1", "too_large")]

    with_broker(test)


@pytest.mark.parametrize(
    "nonsense", [b"GET / HTTP/1.1\r\n\r\n", b"\x10\x00", b"\x00", bytes(200), b"\x10\x0c\x00\x04MQTT\x04\xff\x00\x00"]
)
def test_nonsense_before_the_sign_in_harms_nobody(nonsense: bytes) -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async with wire(port) as (reader, writer):
            writer.write(nonsense)
            writer.write_eof()
            async with asyncio.timeout(5):
                await reader.read()
        async with signed_in(port):
            pass

    with_broker(test)


def test_who_says_nothing_for_too_long_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.2)
    monkeypatch.setattr(broker, "SIGN_IN_WITHIN", 0.2)

    async def test(flow: PretendFlow, port: Port) -> None:
        async with wire(port) as (reader, _):
            assert await ended(reader), "without a CONNECT"
        async with signed_in(port, keep_alive=1) as (reader, _):
            assert await ended(reader), "without a sign of life"

    with_broker(test)


def test_a_port_that_is_taken_is_said() -> None:
    async def test(flow: PretendFlow, port: Port) -> None:
        async def nobody(*_: str) -> None:
            return None

        with pytest.raises(OSError, match=str(port)):
            async with broker.listening(flow, nobody, "127.0.0.1", port):  # type: ignore[arg-type]
                pass

    with_broker(test)


def test_a_topic_names_its_device_and_no_other_topic_does() -> None:
    assert topics.device_of(topics.of("W-1")) == "W-1"
    for topic in ("lilong/devices/W-1", "lilong/devices/a/b/readings", "x/devices/W-1/readings", ""):
        assert topics.device_of(topic) == ""
