"""The embedded broker: amqtt listens, signs devices in and keeps their connections; readings go straight to the flow.

Devices only publish. A PUBACK leaves when the reading is synced to the log, and not before: that is what *accepted*
means. Of amqtt's own message path (plug-ins, subscriptions, retained messages, wills) nothing is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig
from amqtt.errors import MQTTError
from amqtt.mqtt.connack import BAD_USERNAME_PASSWORD, ConnackPacket
from amqtt.session import Session

from lilong.gateways.mqtt.connection import DeviceConnection
from lilong.kernel.sensing import aside
from lilong.kernel.sensing.flow import Flow

SIGN_IN_WITHIN: Final = 10.0  # seconds
CONNECTIONS: Final = 10_000

Who = Callable[[str, str], Awaitable[str | None]]
"""The code of the device that a user name and a token belong to, or None."""


class DeviceBroker(Broker):  # type: ignore[misc]  # amqtt tells no types
    """amqtt's broker with our sign-in and our connections."""

    def __init__(self, flow: Flow, who: Who, host: str, port: int) -> None:
        """Listens on `host:port` after `start`."""
        listener = {"type": "tcp", "bind": f"{host}:{port}", "max_connections": CONNECTIONS}
        super().__init__(BrokerConfig.from_dict({"listeners": {"default": listener}, "plugins": {}}))
        self._flow, self._who = flow, who

    async def _initialize_client_session(
        self, reader: ReaderAdapter, writer: WriterAdapter, remote_address: str, _: int
    ) -> tuple[DeviceConnection, Session]:
        """Read CONNECT and sign the device in before anything of it is known to the broker.

        amqtt would let a stranger with a known client id end the other's connection; here a client id counts within
        its own device. Sessions are always clean: a device that only publishes has nothing to come back to.
        """
        try:
            async with asyncio.timeout(SIGN_IN_WITHIN):
                made, session = await DeviceConnection.init_from_connect(reader, writer, self.plugins_manager)
                device = await self._who(session.username or "", session.password or "")
        except Exception as error:
            await _hang_up(writer)
            raise MQTTError(f"no CONNECT of a device: {error!r}") from error
        if device is None:
            self._flow.count(session.username or "", aside.UNKNOWN_DEVICE)
            await ConnackPacket.build(0, BAD_USERNAME_PASSWORD).to_stream(writer)
            await _hang_up(writer)
            raise MQTTError(f"{remote_address}: not a device and its token")
        assert isinstance(made, DeviceConnection)
        made.serve(device, self._flow)
        session.client_id, session.clean_session, session.parent = f"{device}/{session.client_id}", True, 0
        session.will_flag = False
        _, before = self._sessions.pop(session.client_id, (None, None))
        if before is not None:
            await self._stop_handler(before)
        return made, session

    async def _authenticate(self, *_: Any) -> bool:
        return True  # strangers never come this far

    async def add_subscription(self, *_: Any) -> int:
        """Refused: a device may not listen to others."""
        return 0x80


@contextlib.asynccontextmanager
async def listening(flow: Flow, who: Who, host: str, port: int) -> AsyncIterator[None]:
    """The embedded broker, for as long as the context lasts. Raises OSError when the port is taken."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.ERROR)  # it tells of every connection that breaks
    broker = DeviceBroker(flow, who, host, port)
    try:
        await broker.start()
    except Exception as error:
        raise OSError(f"cannot listen for MQTT on {host}:{port}: {error}") from error
    try:
        yield
    finally:
        await broker.shutdown()


async def _hang_up(writer: WriterAdapter) -> None:
    with contextlib.suppress(Exception):  # the other side may be gone already
        await writer.close()
