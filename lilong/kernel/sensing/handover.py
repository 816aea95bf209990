"""How the web process hands a batch of readings to intake: over a socket in the installation's own folder."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from .flow import Flow, Outcome
from .payload import BODY_LIMIT

SOCKET: Final = "run/intake.sock"
PATIENCE: Final = 10.0  # seconds within which a batch is safe, or intake counts as away
PATH_LIMIT: Final = 100  # the system takes no longer names


class Away(RuntimeError):
    """Intake does not answer; the sender keeps its readings and comes again."""


async def hand_over(home: Path, device: str, form: str, body: bytes) -> Outcome:
    """Hand over one message of a device that has proved who it is; returns when it is safe. Raises Away."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(_path(home))
            try:
                head = json.dumps({"device": device, "form": form, "size": len(body)}).encode()
                writer.write(head + b"\n" + body)
                answer = json.loads(await reader.readline())
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError) as error:
        raise Away(f"intake does not answer: {error}") from error
    return Outcome(answer["accepted"], tuple((index, reason) for index, reason in answer["aside"]), answer["malformed"])


@contextlib.asynccontextmanager
async def door(home: Path, flow: Flow) -> AsyncIterator[None]:
    """Take what the web process hands over, for as long as the context lasts."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            head = json.loads(await reader.readline())
            body = await reader.readexactly(min(head["size"], BODY_LIMIT))
            if not flow.crowded:
                outcome = await flow.take(head["device"], body, head["form"])
                answer = {"accepted": outcome.accepted, "aside": outcome.aside, "malformed": outcome.malformed}
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    path = Path(_path(home))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # of an intake that was killed
    server = await asyncio.start_unix_server(serve, path)
    path.chmod(0o600)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


def _path(home: Path) -> str:
    path = str(home / SOCKET)
    if len(path.encode()) > PATH_LIMIT:
        raise OSError(f"{path}: too long for the name of a socket; set LILONG_HOME to a shorter folder")
    return path
