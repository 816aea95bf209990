"""An installation's two doors, pretended: an HTTP server and an MQTT broker that keep what they are given."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

Readings = list[tuple[str, str, int]]  # device, time, value


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def plain(readings: list[dict[str, Any]]) -> Readings:
    assert {one["stream"] for one in readings} == {"water_volume"}
    return [(one["device"], one["time"], one["value"]) for one in readings]


class Posted:
    """What came over HTTP. The first answers are those of `refusals`; each says that one may come again at once."""

    def __init__(self, refusals: list[int]) -> None:
        self.batches: list[Readings] = []
        self.tokens: set[str] = set()
        self.refusals = refusals
        posted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = posted.refusals.pop(0) if posted.refusals else 202
                if status == 202 and self.path == "/api/v1/readings":
                    posted.batches.append(plain(body))
                    posted.tokens.add(self.headers["Authorization"])
                self.send_response(status)
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def http_door(refusals: list[int] | None = None) -> Iterator[Posted]:
    posted = Posted(refusals or [])
    threading.Thread(target=posted.server.serve_forever, daemon=True).start()
    yield posted
    posted.server.shutdown()
    posted.server.server_close()


class Broker(ThreadingTCPServer):
    """As much of MQTT 3.1.1 as one publisher with QoS 1 needs. `readings` grows before the PUBACK goes out."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, refusals: int) -> None:
        self.readings: Readings = []
        self.signed: list[tuple[str, str]] = []
        self.topics: set[str] = set()
        self.refusals = refusals
        self.open: list[socket.socket] = []
        super().__init__(("127.0.0.1", port), Session)


class Session(StreamRequestHandler):
    server: Broker

    def handle(self) -> None:
        self.server.open.append(self.request)
        try:
            while head := self.rfile.read(1):
                if not self.answer(head[0] >> 4, self.rfile.read(self.length())):
                    return
        except OSError:
            return  # the test has shut the door

    def length(self) -> int:
        total, shift = 0, 0
        while True:
            byte = self.rfile.read(1)[0]
            total |= (byte & 127) << shift
            if byte < 128:
                return total
            shift += 7

    def answer(self, kind: int, body: bytes) -> bool:
        """Whether the connection goes on."""
        if kind == 1:
            return self.connect(body)
        if kind == 3:
            topic, rest = text(body)
            self.server.topics.add(topic)
            self.server.readings.extend(plain(json.loads(rest[2:])))
            self.wfile.write(b"\x40\x02" + rest[:2])
        if kind == 12:
            self.wfile.write(b"\xd0\x00")
        return kind != 14

    def connect(self, body: bytes) -> bool:
        _, rest = text(body[10:])
        name, rest = text(rest)
        password, _ = text(rest)
        refused = self.server.refusals > 0
        self.server.refusals -= refused
        self.server.signed.append((name, password))
        self.wfile.write(b"\x20\x02\x00" + (b"\x05" if refused else b"\x00"))
        return not refused


def text(body: bytes) -> tuple[str, bytes]:
    """A string of MQTT, its length in front, and what follows it."""
    size = int.from_bytes(body[:2], "big")
    return body[2 : 2 + size].decode(), body[2 + size :]


@contextmanager
def mqtt_door(port: int, refusals: int = 0) -> Iterator[Broker]:
    """A broker that refuses the first sign-ins, as many as `refusals`; at the end it hangs up on everybody."""
    broker = Broker(port, refusals)
    threading.Thread(target=broker.serve_forever, args=(0.05,), daemon=True).start()
    yield broker
    broker.shutdown()
    broker.server_close()
    for connection in broker.open:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            connection.close()
