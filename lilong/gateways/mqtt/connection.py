"""One signed-in device's connection: reads its packets, hands readings to the flow, acknowledges what is safe."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import Final

from amqtt.adapters import BufferReader
from amqtt.errors import AMQTTError, MQTTError
from amqtt.mqtt import packet_class
from amqtt.mqtt.packet import DISCONNECT, PINGREQ, PUBLISH, PUBREL, SUBSCRIBE, UNSUBSCRIBE, MQTTFixedHeader
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler

from lilong.gateways.mqtt import topics
from lilong.kernel.sensing import aside
from lilong.kernel.sensing.aside import Aside
from lilong.kernel.sensing.flow import Flow, Outcome
from lilong.kernel.sensing.payload import BODY_LIMIT

logger = logging.getLogger("lilong.intake")

PACKET_LIMIT: Final = BODY_LIMIT + 1024  # a message, and its topic before it
PUBACK, PUBREC, PUBCOMP, PINGRESP = b"\x40\x02", b"\x50\x02", b"\x70\x02", b"\xd0\x00"
PATIENCE: Final = 1.5  # times its keep-alive, a device may be silent (MQTT 3.1.1, 3.1.2.10)
ENDS: Final = (AMQTTError, MQTTError, TimeoutError, OSError, asyncio.IncompleteReadError, IndexError, ValueError)


class DeviceConnection(BrokerProtocolHandler):  # type: ignore[misc]  # amqtt tells no types
    """amqtt's handler of a connection with a reader of our own, which makes no object and no task for a reading."""

    _device: str
    _flow: Flow
    _answers = b""
    _answering = False

    def serve(self, device: str, flow: Flow) -> None:
        """This connection is that device's."""
        self._device, self._flow = device, flow
        self._topic = topics.of(device).encode()

    async def start(self) -> None:
        """As amqtt does, and also if the device has left before we began: amqtt would wait for it for ever."""
        await super().start()
        if self._reader_stopped.is_set() and self._disconnect_waiter is not None:
            self._disconnect_waiter.set_result(None)

    async def _reader_loop(self) -> None:
        """Take packet after packet until the device leaves, breaks the protocol or is silent for too long."""
        assert self.session is not None and self._reader_ready is not None and self.reader is not None
        self._reader_ready.set()
        silence = self.session.keep_alive * PATIENCE or None
        try:
            while True:
                async with asyncio.timeout(silence):
                    head = (await self.reader.read(1))[0]
                    body = await self.reader.read(await self._length())
                await self._flow.room()
                if head >> 4 == PUBLISH:
                    self._publish(head, body)
                elif not await self._other(head, body):
                    break
        except ENDS as why:
            logger.info("%s: connection ended: %r", self._device, why)
        except asyncio.CancelledError:
            pass  # the broker ends this connection, and waits for the lines below
        await self.handle_connection_closed()
        self._reader_stopped.set()
        await self.stop()

    async def _length(self) -> int:
        """The packet's length, seven bits a byte. A longer one than a message may be ends the connection."""
        assert self.reader is not None
        length: int = 0
        for shift in (0, 7, 14, 21):
            byte: int = (await self.reader.read(1))[0]
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                if length > PACKET_LIMIT:
                    self._flow.refuse(Aside(self._device, 0, aside.TOO_LARGE, f"{length} bytes"))
                    raise MQTTError(f"a packet of {length} bytes")
                return length
        raise MQTTError("a length of more than four bytes")

    def _publish(self, head: int, body: bytes) -> None:
        """Hand the message to the flow; its acknowledgement leaves when the flow says that it is safe."""
        quality = head >> 1 & 3
        end = 2 + int.from_bytes(body[:2], "big")
        topic, start = body[2:end], end + (2 if quality else 0)
        if quality == 3 or len(body) < start or b"+" in topic or b"#" in topic:
            raise MQTTError("a PUBLISH that breaks the protocol")
        if topic == self._topic:
            safe = self._flow.take(self._device, body[start:])
        else:
            raw = topic.decode(errors="replace")
            safe = self._flow.refuse(Aside(self._device, 0, aside.FOREIGN_TOPIC, raw))
        if quality:
            answer = (PUBACK if quality == 1 else PUBREC) + body[end:start]
            safe.add_done_callback(partial(self._acknowledge, answer))

    def _acknowledge(self, answer: bytes, safe: asyncio.Future[Outcome]) -> None:
        if not safe.cancelled() and safe.exception() is None:
            self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        """Send an answer, together with the others of this turn of the loop."""
        self._answers += answer
        if not self._answering:
            self._answering = True
            self._loop.call_soon(self._send_answers)

    def _send_answers(self) -> None:
        answers, self._answers, self._answering = self._answers, b"", False
        if self.writer is not None:
            with contextlib.suppress(OSError):  # it left before the answer; it will send again
                self.writer.write(answers)

    async def _other(self, head: int, body: bytes) -> bool:
        """Whatever is no reading; False when the device says goodbye."""
        kind = head >> 4
        if kind == PINGREQ:
            self._answer(PINGRESP)
        elif kind == PUBREL:  # the second half of QoS 2: the first was answered when the message was safe
            self._answer(PUBCOMP + body[:2])
        elif kind in (SUBSCRIBE, UNSUBSCRIBE, DISCONNECT):
            fixed = MQTTFixedHeader(kind, head & 0x0F, len(body))
            packet = await packet_class(fixed).from_stream(BufferReader(body), fixed_header=fixed)
            if kind == DISCONNECT:
                await self.handle_disconnect(packet)
                return False
            await (self.handle_subscribe if kind == SUBSCRIBE else self.handle_unsubscribe)(packet)
        else:
            raise MQTTError(f"a packet of kind {kind}")
        return True
