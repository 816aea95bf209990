"""The engine's commands: rehearse a scenario, make a new one, replay readings through a watch."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from lilong.kernel.engine import new as making
from lilong.kernel.engine.declaration import DeclarationError


def register(app: typer.Typer) -> None:
    """Add `try`, `new` and `watch replay` to the command."""
    app.command("try")(try_)
    app.command("new")(new)
    watch = typer.Typer(no_args_is_help=True, help="Look at readings as a watch does.")
    watch.command("replay")(replay)
    app.add_typer(watch, name="watch")


def try_(
    slug: Annotated[str, typer.Argument(help="the scenario's folder, such as elder_water_silence")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Rehearse a scenario: run its cases through the real audience, numbers and detectors."""
    import django

    django.setup()
    from django.core.management import call_command

    from lilong.kernel.engine import scenarios
    from lilong.kernel.engine.rehearsal import rehearse

    call_command("migrate", verbosity=0, interactive=False)
    try:
        results = rehearse(scenarios.get(slug))
    except DeclarationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for result in results:
        if as_json:
            typer.echo(json.dumps(result.__dict__, ensure_ascii=False))
            continue
        typer.echo(f"{'✓' if result.passed else '✗'} {result.name}")
        if not result.passed:
            typer.echo(
                f"    expected {', '.join(result.expected) or 'silence'}; found {', '.join(result.found) or 'none'}"
            )
    failed = sum(not result.passed for result in results)
    if not as_json:
        typer.echo(f"{len(results) - failed} of {len(results)} cases as expected")
    raise typer.Exit(1 if failed else 0)


def new(
    slug: Annotated[str, typer.Argument(help="the folder's name, such as night_noise")],
    kind: Annotated[str, typer.Option(help="the kind of scenario")] = "watch",
) -> None:
    """Make the folder of a new scenario: a draft whose cases pass."""
    review = (date.today() + timedelta(days=365)).isoformat()  # noqa: DTZ011 - a day on somebody's calendar
    try:
        folder = making.make(slug, kind=kind, review=review)
    except FileExistsError as error:
        typer.echo(f"{slug}: there is a scenario by this name already", err=True)
        raise typer.Exit(1) from error
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{folder}\nchange scenario.toml and cases.toml, then: lilong try {slug}")


def replay(
    slug: Annotated[str, typer.Argument(help="the scenario whose numbers are used")],
    file: Annotated[Path, typer.Argument(help="CSV of stream,time,value (cumulative litres); .gz too")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="TOML that names columns, delimiter, time format")
    ] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE, such as silence.under=0")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Find silences, gaps, excess and meter resets in a file of readings, as the live watch would."""
    from lilong.kernel.engine import scenarios
    from lilong.kernel.sensing import replay as replaying
    from lilong.kernel.sensing.params import WatchParams
    from lilong.kernel.sensing.readings_file import Mapping

    try:
        params = WatchParams.from_toml(scenarios.get(slug).declaration.watch_table())
        for text in settings or ():
            params = params.with_set(text)
        plan = replaying.read_mapping(mapping) if mapping else Mapping()
        for episode in replaying.replay(file, plan, params):
            told = episode.as_json()
            typer.echo(json.dumps(told, ensure_ascii=False) if as_json else _line(told))
    except (DeclarationError, ValueError, OSError) as error:
        typer.echo(f"lilong watch replay: {error}", err=True)
        raise typer.Exit(1) from error


def _line(episode: dict[str, object]) -> str:
    return f"{episode['kind']:12} {episode['stream']:12} {episode['start']} – {episode['end']}  {episode['hours']} h"
