"""`lilong up`: makes the installation ready, then runs its processes until it is told to stop."""

from __future__ import annotations

import os
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from lilong.processes import demonstration
from lilong.processes.supervisor import Supervisor, free_port

REMEMBER = 2.0  # seconds between notes of the demonstration's time
MQTT_PORT = 18830

console = Console(stderr=True, highlight=False)


def up(*, host: str, port: int, rate: float, sensors: bool) -> None:
    """Prepare, start and watch over the processes. Raises RuntimeError or OSError with what to do."""
    if free_port(host, port) != port:
        raise OSError(f"port {port} on {host} is taken; choose another: lilong up --port {port + 1}")
    from django.conf import settings

    home = settings.LILONG_HOME
    supervisor = Supervisor(home, dict(os.environ), lambda line: console.print(f"[yellow]{line}[/]"))
    supervisor.lock()
    _prepare(home)
    mqtt_port = free_port("127.0.0.1", int(os.environ.get("LILONG_MQTT_PORT", MQTT_PORT)))
    supervisor.environment.update(
        LILONG_HOME=str(home), LILONG_MQTT_PORT=str(mqtt_port), LILONG_DEMO="1" if settings.DEMO else "0",
        DJANGO_SETTINGS_MODULE="lilong.settings",
    )  # fmt: skip
    supervisor.add("worker", "lilong.processes.worker")
    supervisor.add("intake", "lilong.processes.intake")
    supervisor.add("web", "lilong.processes.web", "--host", host, "--port", str(port))
    if settings.DEMO:
        demonstration.wake(home, rate)
        _every(REMEMBER, supervisor.stop, lambda: demonstration.remember(home))
    if settings.DEMO and sensors:
        supervisor.add(
            "simulator", "lilong.simulator", "live", "--home", str(home), "--files", str(home / "demo"),
            "--mqtt", _broker(mqtt_port), "--http", f"http://127.0.0.1:{port}",
            "--gateway-file", str(home / "keys" / "gateway.json"),
        )  # fmt: skip
    _say_when_served(f"http://{host}:{port}", supervisor.stop, broker=_broker(mqtt_port), demo=settings.DEMO)
    supervisor.run()
    if settings.DEMO:
        demonstration.remember(home)
    console.print("stopped")


def _broker(embedded_port: int) -> str:
    """Where sensors publish: the broker that LILONG_MQTT_URL names, else the embedded one."""
    outside = urlsplit(os.environ.get("LILONG_MQTT_URL", ""))
    return f"{outside.hostname}:{outside.port or 1883}" if outside.hostname else f"127.0.0.1:{embedded_port}"


def _prepare(path: Path) -> None:
    """Tables, catalogues and, on first start, the demonstration; each can be repeated after an interruption."""
    import django
    from django.conf import settings

    django.setup()
    from django.core.management import call_command

    from lilong.kernel.access import queries as access
    from lilong.portals.parts import catalogs

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("准备数据库 preparing tables", total=1.0)
        catalogs.compile_all()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if not access.any_account():  # nobody could come in: this is a first start, whatever was tried here before
            demonstration.begin(path)
        settings.DEMO = demonstration.marker(path).exists()
        if settings.DEMO and not demonstration.complete(path):
            refused = demonstration.make(path, lambda words, part: bar.update(task, description=words, completed=part))
            console.print(f"demonstration ready; rows set aside for a person to look at: {sum(refused.values())}")


def _every(seconds: float, stop: threading.Event, do: Callable[[], None]) -> None:
    def loop() -> None:
        while not stop.wait(seconds):
            do()

    threading.Thread(target=loop, daemon=True).start()


def _say_when_served(address: str, stop: threading.Event, *, broker: str, demo: bool) -> None:
    """Tell the person at the terminal when the first page is there."""

    def look() -> None:
        began = time.monotonic()
        while not stop.wait(0.2):
            try:
                urllib.request.urlopen(f"{address}/sign-in", timeout=5).read()  # noqa: S310 - our own http address
            except OSError:
                continue
            console.print(f"[bold green]Lilong 里弄[/] {address}  (sensors: mqtt://{broker})")
            if demo:
                console.print("demonstration: the accounts are listed on the sign-in page; Ctrl-C stops")
            console.print(f"served after {time.monotonic() - began:.1f} s")
            return

    threading.Thread(target=look, daemon=True).start()
