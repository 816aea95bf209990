"""Documentation that lists things is held against the code, so that it cannot drift."""

from __future__ import annotations

import re

import pytest

from lilong.cli import app, load_blocks
from lilong.kernel.access.roles import FOR_ACCOUNTS
from lilong.kernel.engine import scenarios
from lilong.kernel.sensing.models import Finding
from lilong.kernel.tickets.models import State
from tests.house.tracked import ROOT, files

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")
DOCUMENTS = sorted(p for p in files(".md") if "scenarios" not in p.parts)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def folders(floor: str) -> set[str]:
    return {p.parent.name for p in (ROOT / "lilong" / floor).glob("*/__init__.py") if p.parent.name != "tests"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(path) -> None:
    dead = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]
    assert dead == []


@pytest.mark.parametrize("floor", ["kernel", "portals", "gateways"])
def test_the_map_names_every_folder(floor: str) -> None:
    named = set(CODE.findall(text("docs/map.md"))) | set(
        re.findall(r"\[(\w+)\]\(\.\./lilong/kernel", text("docs/map.md"))
    )
    assert folders(floor) - named - {"static"} == set()


def test_the_words_hold_every_word_of_tickets_findings_and_roles() -> None:
    listed = set(re.findall(r"^\| ([a-z_]+) \|", text("docs/words.md"), re.MULTILINE))
    used = {*State.values, *FOR_ACCOUNTS, *dict(Finding._meta.get_field("state").choices or ())}
    for declared in scenarios.every().values():
        used |= {*declared.declaration.ticket.outcomes, *declared.declaration.ticket.title}
    assert used - listed == set()


def test_every_make_target_named_in_the_documents_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = {m for p in DOCUMENTS for m in re.findall(r"(?:^|`|    )make ([a-z]+)", p.read_text(), re.MULTILINE)}
    assert named
    assert named - targets == set()


def test_every_make_target_has_its_help_line() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
    assert phony
    for target in phony[1].split():
        assert re.search(rf"^{target}:.*## ", text("Makefile"), re.MULTILINE), target


def test_every_command_named_in_the_documents_is_there() -> None:
    load_blocks()
    commands = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    commands |= {group.name for group in app.registered_groups}
    spoken = "\n".join(p.read_text(encoding="utf-8") for p in DOCUMENTS)
    named = set(re.findall(r"(?:`|    |bin/)lilong ([a-z]+)", spoken))
    assert named
    assert named - commands == set()


def test_every_decision_record_is_numbered_and_says_what_it_costs() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [p.name[:4] for p in records] == [f"{n:04d}" for n in range(1, len(records) + 1)]
    for path in records:
        body = path.read_text(encoding="utf-8")
        assert "**Decided.**" in body, path
        assert "**Costs.**" in body, path
