"""`python -m lilong.simulator`: write the subdistrict's files, let its meters speak, score what was found."""

from __future__ import annotations

import json
import logging
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from lilong.kit.clock import SHANGHAI

from . import files as written
from . import score as scoring
from . import world
from .feed import run as feed
from .feed import state, told
from .town import scales

app = typer.Typer(add_completion=False, rich_markup_mode=None, help=__doc__)


@app.command()
def write(
    out: Annotated[Path, typer.Option(help="folder for the files; made when missing")],
    seed: Annotated[int, typer.Option(help="the same seed gives the same files, to the byte")] = 7,
    scale: Annotated[str, typer.Option(help="a size of scales.toml")] = "demo",
    start: Annotated[str, typer.Option(help="first moment of the demonstration, ISO 8601")] = world.START.isoformat(),
) -> None:
    """Write the files that the subsystems of the fictional subdistrict would hand over, and truth.json."""
    if scale not in scales.names():
        raise typer.BadParameter(f"there are {', '.join(scales.names())}", param_hint="--scale")
    try:
        first = datetime.fromisoformat(start)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--start") from wrong
    first = first if first.tzinfo else first.replace(tzinfo=SHANGHAI)
    for name, rows in written.write(world.make(scale, seed, first), out).items():
        typer.echo(f"{name}: {rows}")


@app.command()
def live(
    home: Annotated[Path, typer.Option(help="LILONG_HOME of the installation, for its clock and our state")],
    files: Annotated[Path, typer.Option(help="folder that `write` filled")],
    token_file: Annotated[
        Path, typer.Option("--token-file", "--gateway-file", help='JSON {"code", "token"}, or the bare token')
    ],
    mqtt: Annotated[str, typer.Option(help="broker, host:port")] = "127.0.0.1:18830",
    http: Annotated[str, typer.Option(help="address of the web process")] = "http://127.0.0.1:8000",
    gateway: Annotated[str, typer.Option(help="the gateway's code, where the token file does not name it")] = "",
) -> None:
    """Let the meters speak in the installation's time until SIGTERM: first the last four days, then as they come."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for caught in (signal.SIGTERM, signal.SIGINT):
        signal.signal(caught, lambda *_: stop.set())
    feed.run(feed.Options(home, files, mqtt, http, token_file, gateway), stop)


@app.command()
def score(
    home: Annotated[Path, typer.Option(help="LILONG_HOME of the installation whose truth counts")],
    findings: Annotated[Path, typer.Option(help="JSON list of findings: kind, device, start, end, state")],
) -> None:
    """Print precision and recall of the findings by kind, one JSON object a line."""
    folder = state.folder_of(home)
    kept = state.load(folder)
    if kept is None:
        raise typer.BadParameter(f"no simulator has run for {home}", param_hint="--home")
    truth = scoring.read_lines(folder / told.NAME)
    found = json.loads(findings.read_text(encoding="utf-8"))
    for one in scoring.score(truth, found, datetime.fromtimestamp(kept.delivered, UTC)):
        typer.echo(json.dumps(one.as_json(), ensure_ascii=False))


if __name__ == "__main__":
    app()
