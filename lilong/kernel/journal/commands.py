"""`lilong verify`: prove that the journal is whole, or name what is not."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `verify` to the command line."""
    app.command()(verify)


def verify(as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False) -> None:
    """Prove that no fact was altered, removed, re-ordered or cut off; exit code 1 when one was."""
    import django

    django.setup()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lilong.kernel.journal.verify import check
    from lilong.kit import clock

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as bar:
        task = bar.add_task("facts", total=None)
        report = check(at=clock.now(), progress=lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        typer.echo(json.dumps({"ok": report.ok, **asdict(report)}, ensure_ascii=False))
    else:
        for problem in report.problems:
            typer.echo(f"{problem.kind}: {problem.words}")
        waiting = f", {report.unsealed} waiting for their seal" if report.unsealed else ""
        verdict = "the journal is whole" if report.ok else f"problems found: {len(report.problems)}"
        typer.echo(f"{report.facts} sealed facts{waiting}: {verdict}")
    sys.exit(0 if report.ok else 1)
