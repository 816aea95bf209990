"""Every dependency has its line in the decision record, and the lock files name no host, path or loose version."""

from __future__ import annotations

import re

from tests.house.tracked import ROOT


def asked(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {re.split(r"[\[<>=]", line)[0].strip().lower() for line in lines if line and not line.startswith(("-", "#"))}


def test_every_dependency_has_its_line() -> None:
    record = (ROOT / "docs" / "adr" / "0006-dependencies.md").read_text().lower()
    wanted = asked("requirements.in") | asked("requirements-dev.in")
    assert wanted
    assert {name for name in wanted if name not in record} == set()


def test_the_lock_files_pin_all_with_hashes_and_name_no_place() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^([a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?)==\S+", text, re.MULTILINE)
        assert asked(name.replace(".lock", ".in")) <= {re.sub(r"\[.*", "", pin) for pin in pins}
        assert text.count("--hash=sha256:") >= len(pins)
        assert not re.search(r"https?://|file:|--index|--find-links|^/", text, re.MULTILINE)
