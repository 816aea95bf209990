"""`lilong verify`: prove that the journal is whole, or name what is not."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lilong.kernel.journal.report import Report


def register(app: typer.Typer) -> None:
    """Add `verify` to the command line."""
    app.command()(verify)


def verify(as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False) -> None:
    """Prove that no fact was altered, removed, re-ordered or cut off; exit code 1 when one was."""
    import django

    django.setup()
    from django.db import Error

    try:
        report = _checked(quiet=as_json)
    except Error as error:
        typer.echo(f"lilong verify: the database cannot be read ({error}); see lilong doctor", err=True)
        raise typer.Exit(2) from error
    typer.echo(json.dumps({"ok": report.ok, **asdict(report)}, ensure_ascii=False) if as_json else _words(report))
    raise typer.Exit(0 if report.ok else 1)


def _checked(*, quiet: bool) -> Report:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lilong.kernel.journal.verify import check
    from lilong.kit import clock

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("facts", total=None)
        return check(at=clock.now(), progress=lambda done, total: bar.update(task, completed=done, total=total))


def _words(report: Report) -> str:
    lines = [f"{problem.kind}: {problem.words}" for problem in report.problems]
    waiting = f", {report.unsealed} waiting for their seal" if report.unsealed else ""
    verdict = "the journal is whole" if report.ok else f"problems found: {len(report.problems)}"
    return "\n".join([*lines, f"{report.facts} sealed facts{waiting}: {verdict}"])
