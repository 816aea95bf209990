"""The web process: uvicorn over Django's ASGI application."""

from __future__ import annotations

import argparse
import os
import threading
import warnings

import uvicorn


def main() -> None:
    """Serve until SIGTERM; a stop does not wait for open event streams longer than a few seconds."""
    words = argparse.ArgumentParser(prog="lilong.processes.web")
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--port", type=int, default=8000)
    asked = words.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
    # WhiteNoise hands static files over in pieces of its own making; each is sent, and none is slow to come
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    import django

    django.setup()
    stop = threading.Event()
    beating = threading.Thread(target=_beat, args=(stop, asked.port), name="heartbeat", daemon=True)
    beating.start()
    uvicorn.run(
        "lilong.asgi:application",
        host=asked.host,
        port=asked.port,
        log_level="warning",
        lifespan="off",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )
    stop.set()


def _beat(stop: threading.Event, port: int) -> None:
    from django.conf import settings

    from lilong.processes.heartbeat import beat

    while not stop.wait(1.0):
        beat(settings.LILONG_HOME, "web", port=port)


if __name__ == "__main__":
    main()
