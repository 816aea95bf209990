"""Any process may be killed at any moment: nothing accepted is lost, and no episode gets a second ticket."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt

from tests.installation import Installation, installed, until

HOMES = 6
KILLS = 6
WATCHED = """
from lilong.kernel.sensing.models import Binding
from lilong.kit import clock
at_home = Binding.objects.filter(watch="elder_water_silence", until=None, quiet_until=None)
answer = {"codes": sorted(at_home.values_list("stream__device_code", flat=True)), "now": clock.now().timestamp()}
"""
KEPT = """
from datetime import datetime, UTC
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.engine import queries as engine
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.sensing.models import Stream
from lilong.kernel.tickets.models import Ticket
codes = {s.pk: s.device_code for s in Stream.objects.all()}
series = sensing.series(list(codes), datetime(2000, 1, 1, tzinfo=UTC))
answer = {
    "readings": {codes[s]: [int(t) for t in times] for s, (times, _) in series.items()},
    "findings": [codes[f.stream_id] for f in sensing.findings(SYSTEM, kinds=["silence"])],
    "tickets": list(Ticket.objects.values_list("finding_id", flat=True)),
    "failures": [f.error for f in engine.failures()],
}
"""


class Meter:
    """A gateway that publishes until it is acknowledged, as real ones do, and remembers what was."""

    def __init__(self, there: Installation) -> None:
        gateway = json.loads((there.home / "keys" / "gateway.json").read_text())
        self.topic = f"lilong/devices/{gateway['code']}/readings"
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=gateway["code"], clean_session=False)
        self.client.username_pw_set(gateway["code"], gateway["token"])
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async("127.0.0.1", there.mqtt_port)
        self.published: set[int] = set()
        self.client.on_publish = lambda _client, _data, mid, _code, _properties: self.published.add(mid)
        self.client.loop_start()
        self.acknowledged: list[tuple[str, int]] = []

    def send(self, code: str, at: float) -> None:
        at = round(at, 3)
        moment = datetime.fromtimestamp(at, UTC).isoformat()
        reading = {"device": code, "stream": "water_volume", "time": moment, "value": 812.0}
        sent = self.client.publish(self.topic, json.dumps(reading), qos=1)
        until(lambda: sent.mid in self.published, seconds=40, what=f"the acknowledgement of {reading}")
        self.acknowledged.append((code, round(at * 1_000_000)))


def test_whatever_is_killed_nothing_accepted_is_lost_and_nobody_gets_two_tickets(tmp_path: Path) -> None:
    dice = random.Random(26)
    with installed(tmp_path / "home", sensors=False, LILONG_DEMO_SCALE="small") as there:
        watched = there.ask(WATCHED)
        codes = watched["codes"][:HOMES]
        assert len(codes) >= 3, "the small subdistrict has too few lone elders for this test"
        meter = Meter(there)
        first = watched["now"] - timedelta(hours=26).total_seconds()
        hours = [(code, first + 3600 * hour) for hour in range(26) for code in codes]
        victims = [name for name in ("intake", "worker", "web") for _ in range(KILLS // 3)]
        dice.shuffle(victims)
        at = sorted(dice.sample(range(10, len(hours)), len(victims)))
        for number, (code, moment) in enumerate(hours):
            if at and number == at[0]:
                at.pop(0)
                there.kill_one(victims.pop())
                time.sleep(dice.random() / 2)
            meter.send(code, moment)
        until(lambda: len(there.ask(KEPT)["tickets"]) >= len(codes), seconds=60, what="a ticket for each home")
        time.sleep(2)  # a second ticket would come now
        kept = there.ask(KEPT)
        lost = [(code, moment) for code, moment in meter.acknowledged if moment not in set(kept["readings"][code])]
        assert lost == []
        assert sorted(kept["findings"]) == sorted(codes)
        assert len(kept["tickets"]) == len(set(kept["tickets"])) == len(codes)
        assert kept["failures"] == []
        assert there.stop() == 0
        verified = there.lilong("verify", "--json")
        assert verified.returncode == 0, verified.stdout + verified.stderr
