"""A file is named after what is in it, and is short enough to be read."""

from __future__ import annotations

from pathlib import Path

from tests.house.tracked import ROOT, files, is_test

DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "base", "stuff", "tools", "shared", "core", "lib"}
LONG = 300  # lines; look for the seam
LONG_OF_TESTS = 400  # a test file may list cases


def meaningless(path: str) -> bool:
    return any(part.split(".")[0].lower() in DRAWERS for part in path.split("/"))


def test_no_drawer_is_named_after_nothing() -> None:
    assert [str(p.relative_to(ROOT)) for p in files() if meaningless(str(p.relative_to(ROOT)))] == []


def test_a_meaningless_name_is_refused() -> None:
    assert meaningless("lilong/kit/utils.py")
    assert meaningless("lilong/common/spans.py")
    assert not meaningless("lilong/kit/spans.py")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_can_be_read() -> None:
    modules = [p for p in files(".py") if "migrations" not in p.parts]
    assert {str(p.relative_to(ROOT)) for p in modules if not is_test(p) and lines(p) > LONG} == set()
    assert {str(p.relative_to(ROOT)) for p in modules if is_test(p) and lines(p) > LONG_OF_TESTS} == set()
