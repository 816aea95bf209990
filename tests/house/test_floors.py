"""Imports go down only, and a scenario's rule sees nothing but the sdk, however it tries."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from lilong import sdk
from tests.house.tracked import ROOT, files, is_test

ALLOWED = {"__future__", "dataclasses", "datetime", "fractions", "math", "typing", "collections", "lilong.sdk"}
DYNAMIC = {"__import__", "eval", "exec", "compile", "open", "globals", "getattr", "import_module", "vars"}


def reaches(source: str) -> list[str]:
    """What a rule's source reaches for beyond the sdk and a few plain modules."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name not in ALLOWED]
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            sdk_itself = name == "lilong" and [a.name for a in node.names] == ["sdk"]
            found += [] if name in ALLOWED or sdk_itself else [name]
        elif isinstance(node, ast.Name) and node.id in DYNAMIC:
            found.append(node.id)
        elif isinstance(node, ast.Attribute) and node.attr.startswith("__"):
            found.append(node.attr)
    return found


def test_imports_go_down_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_rule_imports_the_sdk_alone() -> None:
    for path in (ROOT / "lilong" / "scenarios").glob("*/rule.py"):
        assert reaches(path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    "source",
    [
        "from lilong.kernel.registry.models import Person",
        "import os",
        "import importlib",
        "__import__('os')",
        "eval('1')",
        "from . import other",
        "().__class__.__bases__",
        "import django",
        "getattr(object, 'x')",
    ],
)
def test_a_rule_that_reaches_past_the_sdk_is_found(source: str) -> None:
    assert reaches(source)


def test_a_rule_that_keeps_to_the_sdk_is_let_pass() -> None:
    assert reaches("from lilong.sdk import Decision\nfrom datetime import timedelta\n") == []


def test_the_sdk_has_forty_names_at_most_and_each_is_there() -> None:
    assert len(sdk.__all__) <= 40
    assert all(hasattr(sdk, name) for name in sdk.__all__)


def test_scenarios_hold_no_tables() -> None:
    assert not list((ROOT / "lilong" / "scenarios").glob("*/models.py"))


def test_every_module_opens_with_a_sentence() -> None:
    empty_packages = {p for p in files(".py") if p.name == "__init__.py" and not p.read_text().strip()}
    silent = [
        str(p.relative_to(ROOT))
        for p in files(".py")
        if p not in empty_packages
        and "migrations" not in p.parts
        and not is_test(p)
        and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_the_walk_finds_this_very_file() -> None:
    assert Path(__file__).resolve() in files(".py")
