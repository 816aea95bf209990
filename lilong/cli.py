"""The command `lilong`: each block brings its own commands; those that run the whole installation stand here."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="lilong",
    help="Lilong 里弄: the community brain of a subdistrict. 街道社区大脑。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_HERE = Path(__file__).resolve().parent


def main() -> None:
    """Entry point. Errors the user can mend are printed as one line, with exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
    load_blocks()
    app()


@cache
def load_blocks() -> None:
    """Let every block with a `commands.py` add its commands."""
    for found in sorted(_HERE.glob("kernel/*/commands.py")):
        import_module(f"lilong.kernel.{found.parent.name}.commands").register(app)


@app.command()
def up(
    port: Annotated[int, typer.Option(help="where the pages are served")] = 8000,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    rate: Annotated[float, typer.Option(help="how fast the demonstration's clock runs; 1 is real time")] = 60.0,
    sensors: Annotated[bool, typer.Option(help="start the demonstration's simulated sensors")] = True,
) -> None:
    """Serve everything: web, intake and worker, and in the demonstration its simulated sensors."""
    from lilong.processes import up as processes

    try:
        processes.up(host=host, port=port, rate=rate, sensors=sensors)
    except (RuntimeError, OSError) as error:
        typer.echo(f"lilong up: {error}", err=True)
        raise typer.Exit(1) from error


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False) -> None:
    """Look the installation over and say what is wrong and what to do."""
    import django

    django.setup()
    from lilong.processes import checkup

    findings = checkup.every()
    for finding in findings:
        typer.echo(json.dumps(finding.__dict__, ensure_ascii=False) if as_json else checkup.line(finding))
    raise typer.Exit(1 if any(f.state == "bad" for f in findings) else 0)


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="journal, loop, …; no name lists them")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Measure ours against a peer or a physical limit, in the same run, and print the ratio."""
    there = sorted(p.stem for p in (_HERE / "benches").glob("*.py") if p.stem != "__init__")
    if name not in there:
        typer.echo(f"lilong bench: there are: {', '.join(there)}", err=bool(name))
        raise typer.Exit(2 if name else 0)
    for row in import_module(f"lilong.benches.{name}").run():
        typer.echo(json.dumps(row, ensure_ascii=False) if as_json else _bench_line(row))
        sys.stdout.flush()


def _bench_line(row: dict[str, Any]) -> str:
    ours, theirs = row["ours"], row["theirs"]
    return (
        f"{row['bench']:10} {row['case']:38} ours {ours:>12.4g}  {row['who']} {theirs:>10.4g} {row['unit']:8}"
        f" ratio {row['ratio']:.2f} ({row['better']} is better)"
    )


if __name__ == "__main__":
    main()
