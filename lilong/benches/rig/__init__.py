"""A whole installation in a folder of its own for a bench: the demonstration's people, real time, no simulator."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from lilong.kit import clock

SLUG = "elder_water_silence"
WATCHER = "zhongxin"  # the demonstration's operations centre


class Rig:
    """Web, intake and worker of a fresh demonstration, on ports of their own. Use as a context manager."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self) -> Rig:
        os.environ.update(LILONG_HOME=str(self.home), LILONG_DEMO="1", DJANGO_SETTINGS_MODULE="lilong.settings")
        for name in ("DATABASE_URL", "LILONG_MQTT_URL"):
            os.environ.pop(name, None)
        import django

        django.setup()
        from django.core.management import call_command

        from lilong.processes import demonstration
        from lilong.processes.supervisor import Supervisor

        call_command("migrate", verbosity=0, interactive=False)
        demonstration.begin(self.home)
        demonstration.make(self.home, lambda *_: None)
        (self.home / "clock.json").unlink()  # real time from here on
        gateway = json.loads((self.home / "keys" / "gateway.json").read_text())
        self.code, self.token = gateway["code"], gateway["token"]
        self.topic = f"lilong/devices/{self.code}/readings"
        self.port, self.mqtt_port = _free_port(), _free_port()
        environment = {**os.environ, "LILONG_MQTT_PORT": str(self.mqtt_port)}
        self.supervisor = Supervisor(self.home, environment, lambda _: None)
        self.supervisor.add("worker", "lilong.processes.worker")
        self.supervisor.add("intake", "lilong.processes.intake")
        self.supervisor.add("web", "lilong.processes.web", "--port", str(self.port))
        self.supervisor.start()
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.supervisor.close()

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def _wait(self) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=5).read()  # noqa: S310 - our own address
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise RuntimeError("the installation of the bench did not come up within a minute")

    def watched_devices(self) -> list[str]:
        """Codes of the meters that the water watch looks at, in homes where somebody is in."""
        from lilong.kernel.registry import queries as people
        from lilong.kernel.sensing import queries

        bound = queries.streams(list(queries.bound_params(SLUG))).values()
        away = people.away({s.home_id for s in bound if s.home_id is not None}, clock.now())
        return sorted(stream.device_code for stream in bound if stream.home_id not in away)

    def other_devices(self) -> list[str]:
        """Codes of the meters nobody watches."""
        from lilong.kernel.access.viewer import SYSTEM
        from lilong.kernel.sensing import queries

        watched = set(self.watched_devices())
        return [stream.device_code for stream in queries.stream_status(SYSTEM) if stream.device_code not in watched]

    def client(self, name: str) -> mqtt.Client:
        """A connected MQTT client that may publish as the gateway."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name)
        client.username_pw_set(self.code, self.token)
        client.max_inflight_messages_set(1000)
        client.connect("127.0.0.1", self.mqtt_port)
        client.loop_start()
        return client

    def post(self, readings: list[dict[str, Any]]) -> None:
        """Hand readings in over HTTP, 1,000 a request."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        for start in range(0, len(readings), 1000):
            body = json.dumps(readings[start : start + 1000]).encode()
            request = urllib.request.Request(f"{self.address}/api/v1/readings", body, headers)  # noqa: S310
            urllib.request.urlopen(request, timeout=30).read()  # noqa: S310 - our own address

    def written_at(self) -> dict[str, tuple[float, float, str]]:
        """Device code → when finding and ticket were written (epoch seconds), and the ticket's name on the wall."""
        from lilong.kernel.access.viewer import SYSTEM
        from lilong.kernel.sensing import queries as sensing
        from lilong.kernel.tickets import queries as tickets
        from lilong.portals.brain.events import ref

        found = sensing.findings(SYSTEM, kinds=["silence"], watch=SLUG)
        streams = sensing.streams([f.stream_id for f in found])
        ids = tickets.by_findings([f.id for f in found])
        opened = {
            h.id: h.opened_at.timestamp() for h in tickets.happenings(SYSTEM, since=min(f.opened_at for f in found))
        }
        return {
            streams[f.stream_id].device_code: (f.opened_at.timestamp(), opened[ids[f.id][0]], ref(ids[f.id][0]))
            for f in found
            if f.id in ids
        }


class Listener:
    """Somebody signed in at the brain who notes when each ticket's first event arrives."""

    def __init__(self, rig: Rig) -> None:
        self.arrived: dict[str, float] = {}
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        page = self.opener.open(f"{rig.address}/sign-in").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, "the sign-in page has no form"
        fields = urllib.parse.urlencode({"demo": WATCHER, "csrfmiddlewaretoken": token[1]}).encode()
        headers = {"Referer": rig.address}
        self.opener.open(urllib.request.Request(f"{rig.address}/sign-in", fields, headers)).read()  # noqa: S310
        self.stream = self.opener.open(f"{rig.address}/brain/live", timeout=120)
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def _listen(self) -> None:
        try:
            for line in self.stream:
                now = time.time()
                if line.startswith(b"data:") and (told := json.loads(line[5:] or b"null")) and "ref" in told:
                    self.arrived.setdefault(told["ref"], now)
        except (OSError, ValueError, AttributeError):
            return  # the bench closed the stream; http.client then reads from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
