"""MQTT 3.1.1 by the byte, for what a decent client library would not let a test send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


def text(words: str) -> bytes:
    data = words.encode()
    return len(data).to_bytes(2, "big") + data


def packet(head: int, body: bytes) -> bytes:
    length, size = bytearray(), len(body)
    while True:
        size, byte = size >> 7, size & 0x7F
        length.append(byte | (0x80 if size else 0))
        if not size:
            return bytes([head]) + bytes(length) + body


def connect(client: str, user: str, password: str, keep_alive: int = 60) -> bytes:
    head = text("MQTT") + b"\x04\xc2" + keep_alive.to_bytes(2, "big")
    return packet(0x10, head + text(client) + text(user) + text(password))


def publish(topic: str, body: bytes, mid: int = 1, qos: int = 1) -> bytes:
    number = mid.to_bytes(2, "big") if qos else b""
    return packet(0x30 | qos << 1, text(topic) + number + body)


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the broker."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader, size: int) -> bytes:
    """The next bytes from the broker; fails when they do not come."""
    async with asyncio.timeout(5):
        return await reader.readexactly(size)


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the broker ends the connection."""
    async with asyncio.timeout(5):
        return await reader.read() == b""
