"""Readings from an outside broker (Mosquitto, EMQX …), acknowledged to it when they are safe in our log.

The outside broker signs the devices in, and must let each publish to its own topic alone, as Mosquitto does by
`pattern write lilong/devices/%u/readings`. For more than a thousand readings a second let it keep more messages in
flight (Mosquitto: `max_inflight_messages 1000`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from lilong.gateways.mqtt import topics
from lilong.kernel.sensing import aside
from lilong.kernel.sensing.aside import Aside
from lilong.kernel.sensing.flow import Flow, Outcome

logger = logging.getLogger("lilong.intake")
KEEP_ALIVE: Final = 30  # seconds


class OutsideReader:
    """paho's client in its own thread; messages cross to the loop in bundles, acknowledgements go back one by one."""

    def __init__(self, flow: Flow, url: str) -> None:
        """`mqtt://user:password@host:port` (1883 unless said); `mqtts://` for TLS. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"LILONG_MQTT_URL: {url!r} is no mqtt://user:password@host:port")
        self._flow, self._loop = flow, asyncio.get_running_loop()
        self._address = (parts.hostname, parts.port or (8883 if parts.scheme == "mqtts" else 1883))
        self._arrived: deque[tuple[int, paho.MQTTMessage]] = deque()
        self._connection = 0  # packet ids mean something within one connection
        # One fixed name and a session that lasts: while we are away the broker keeps what comes.
        name = f"{topics.PREFIX.replace('/', '-')}-intake"
        self._client = paho.Client(CallbackAPIVersion.VERSION2, name, clean_session=False, manual_ack=True)
        if parts.username:
            self._client.username_pw_set(unquote(parts.username), unquote(parts.password or "") or None)
        if parts.scheme == "mqtts":
            self._client.tls_set()
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connect, and again whenever the connection is lost."""
        self._client.connect_async(*self._address, keepalive=KEEP_ALIVE)
        self._client.loop_start()

    def stop(self) -> None:
        """Say goodbye; the broker keeps the session."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: paho.Client, _data: object, _flags: object, reason: Any, _more: object) -> None:
        if reason.is_failure:
            logger.warning("the outside MQTT broker at %s:%d refuses us: %s", *self._address, reason)
            return
        self._connection += 1
        client.subscribe(topics.of("+"), qos=1)

    def _on_disconnect(self, _client: paho.Client, _data: object, _flags: object, reason: Any, _more: object) -> None:
        if reason.is_failure:
            logger.warning("the outside MQTT broker at %s:%d left us: %s; trying again", *self._address, reason)

    def _on_message(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        self._arrived.append((self._connection, message))
        if len(self._arrived) == 1:
            with contextlib.suppress(RuntimeError):  # the loop has ended; what is not acknowledged comes again
                self._loop.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        while self._arrived:
            connection, message = self._arrived[0]
            safe = self._safe(message)
            if message.qos:
                safe.add_done_callback(partial(self._acknowledge, connection, message))
            self._arrived.popleft()  # last: while something is here, the other thread need not wake us

    def _safe(self, message: paho.MQTTMessage) -> asyncio.Future[Outcome]:
        if device := topics.device_of(message.topic):
            return self._flow.take(device, bytes(message.payload))
        return self._flow.refuse(Aside("", 0, aside.FOREIGN_TOPIC, message.topic))

    def _acknowledge(self, connection: int, message: paho.MQTTMessage, safe: asyncio.Future[Outcome]) -> None:
        # after a reconnection the same packet id may be another message; this one comes again and is a duplicate
        if not safe.cancelled() and safe.exception() is None and connection == self._connection:
            self._client.ack(message.mid, message.qos)


@contextlib.asynccontextmanager
async def reading(flow: Flow, url: str) -> AsyncIterator[None]:
    """Read from the outside broker for as long as the context lasts. Raises ValueError for a bad address."""
    reader = OutsideReader(flow, url)
    reader.start()
    try:
        yield
    finally:
        await asyncio.to_thread(reader.stop)
