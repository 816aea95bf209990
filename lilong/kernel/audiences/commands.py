"""`lilong audience`: try a filter on the installation's own people; it prints numbers and ids, never a name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lilong.kernel.filters import Expr
    from lilong.kernel.filters.explaining import Clause

Text = Annotated[str, typer.Argument(help="CQL2, as in: lives_alone AND age >= 60", metavar="FILTER")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line")]
_TRUTHS = {True: "yes", False: "no", None: "unknown"}


def register(app: typer.Typer) -> None:
    """Add `audience` and its commands to the command line."""
    group = typer.Typer(name="audience", help="Try a filter: how many, who, and why.", no_args_is_help=True)
    group.command("count")(count)
    group.command("list")(members)
    group.command("explain")(explain)
    app.add_typer(group)


def count(text: Text, as_json: AsJson = False) -> None:
    """How many it is true of, and of how many it is not known."""
    with _asked(text) as expr:
        from lilong.kernel.access.viewer import SYSTEM
        from lilong.kernel.filters import queries
        from lilong.kit import clock

        answer = queries.count(expr, SYSTEM, clock.now(), seconds=60)
    typer.echo(json.dumps(asdict(answer)) if as_json else f"yes {answer.yes}, unknown {answer.unknown}")


def members(text: Text) -> None:
    """The ids of those it is true of, one a line."""
    with _asked(text) as expr:
        from lilong.kernel.access.viewer import SYSTEM
        from lilong.kernel.filters import queries
        from lilong.kit import clock

        found = queries.matching(expr, SYSTEM, clock.now(), seconds=60)
    for one in found:
        typer.echo(str(one))


def explain(
    text: Text, person: Annotated[int, typer.Option(help="the id of a person")], as_json: AsJson = False
) -> None:
    """For one person, each clause with its truth and evidence; exit code 1 for somebody who is not there."""
    with _asked(text) as expr:
        from lilong.kernel.access.viewer import SYSTEM
        from lilong.kernel.filters import queries
        from lilong.kit import clock

        clause = queries.explain(expr, person, SYSTEM, clock.now())
    if clause is None:
        typer.echo(f"lilong audience: there is no person {person}, or no longer", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(asdict(clause), ensure_ascii=False, default=str) if as_json else "\n".join(_lines(clause)))


@contextmanager
def _asked(text: str) -> Iterator[Expr]:
    """The filter, parsed; a mistake in it, or an answer that takes too long, is one line and exit code 2."""
    import django

    django.setup()
    from lilong.kernel.filters import FilterError, parse

    try:
        yield parse(text)
    except FilterError as problem:
        typer.echo(f"lilong audience: {problem}", err=True)
        raise typer.Exit(2) from problem


def _lines(clause: Clause, depth: int = 0) -> Iterator[str]:
    evidence = "; ".join(
        f"{one.name} = {'?' if one.value is None else one.value}" + (f" ({one.source})" if one.source else "")
        for one in clause.evidence
    )
    yield f"{'  ' * depth}{_TRUTHS[clause.truth]}: {clause.text}" + (f"  [{evidence}]" if evidence else "")
    for part in clause.parts:
        yield from _lines(part, depth + 1)
