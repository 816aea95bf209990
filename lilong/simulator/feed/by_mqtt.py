"""The road of the meters as they speak: MQTT with QoS 1, a few messages on their way, reconnecting by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from threading import Condition, Event
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from .deliveries import Reading
from .gateway import Gateway
from .trouble import Trouble

WINDOW = 20  # messages on their way without an acknowledgement


class MqttRoad:
    """One gateway's connection to the broker. A message counts as delivered when the broker has acknowledged it."""

    def __init__(self, host: str, port: int, gateway: Gateway, stop: Event) -> None:
        self._stop, self._trouble = stop, Trouble(f"MQTT {host}:{port}")
        self._topic = f"lilong/devices/{gateway.code}/readings"
        self._open: set[int] = set()
        self._early: set[int] = set()  # acknowledged before `publish` had told us the number
        self._changed = Condition()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=gateway.code)
        self._client.username_pw_set(gateway.code, gateway.token)
        self._client.max_inflight_messages_set(WINDOW)
        self._client.reconnect_delay_set(1, 4)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._failed
        self._client.on_disconnect = self._left
        self._client.on_publish = self._acknowledged
        self._client.connect_async(host, port, keepalive=30)
        self._client.loop_start()

    def send(self, readings: Sequence[Reading]) -> bool:
        """Publish one message, when fewer than WINDOW are on their way; returns False when told to stop first."""
        if not self._wait(lambda: self._client.is_connected() and len(self._open) < WINDOW):
            return False
        payload = json.dumps([reading.as_json() for reading in readings], separators=(",", ":"))
        sent = self._client.publish(self._topic, payload, qos=1)
        with self._changed:
            if sent.mid in self._early:
                self._early.discard(sent.mid)
            else:
                self._open.add(sent.mid)
        return True

    def settled(self) -> bool:
        """Whether every message sent so far is acknowledged."""
        return not self._open

    def settle(self) -> bool:
        """Wait until that is so; returns False when told to stop first."""
        return self._wait(self.settled)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _wait(self, ready: Callable[[], bool]) -> bool:
        with self._changed:
            while not ready():
                if self._stop.is_set():
                    return False
                self._changed.wait(0.2)
        return True

    def _acknowledged(self, _client: Any, _data: Any, mid: int, _reason: Any, _properties: Any) -> None:
        with self._changed:
            if mid in self._open:
                self._open.discard(mid)
            else:
                self._early.add(mid)
            self._changed.notify_all()

    def _connected(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._trouble.met(f"sign-in refused ({reason})")
            return
        self._trouble.over()
        with self._changed:
            self._changed.notify_all()

    def _failed(self, _client: Any, _data: Any) -> None:
        self._trouble.met("no connection")

    def _left(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure and not self._stop.is_set():
            self._trouble.met("connection lost")
