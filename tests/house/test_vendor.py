"""Front-end libraries are committed as their makers published them: each file is in the manifest, byte for byte."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "lilong" / "portals" / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text("utf-8"))


def digest(path: Path) -> str:
    """The file's subresource-integrity digest, as the manifest writes it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


@pytest.mark.parametrize("folder", sorted(MANIFEST))
def test_each_file_of_a_library_is_listed_and_unaltered(folder):
    listed = MANIFEST[folder]["files"]
    present = {
        path.relative_to(VENDOR / folder).as_posix(): digest(path)
        for path in (VENDOR / folder).rglob("*")
        if path.is_file()
    }

    assert present == listed


def test_nothing_lies_in_the_vendor_folder_outside_a_listed_library():
    assert {path.name for path in VENDOR.iterdir()} == {*MANIFEST, "manifest.json"}


@pytest.mark.parametrize("folder", sorted(MANIFEST))
def test_a_library_names_its_exact_version_its_licence_and_keeps_the_licence_text(folder):
    entry = MANIFEST[folder]
    name, version = re.fullmatch(r"npm (\S+)@(\d+\.\d+\.\d+)", entry["source"]).groups()

    assert folder.endswith(f"-{version}")
    assert name
    assert entry["licence"] in {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "MIT"}
    assert "LICENSE" in entry["files"]


def test_no_vendored_file_is_larger_than_a_page_may_load():
    too_large = {p.name: p.stat().st_size for p in VENDOR.rglob("*") if p.is_file() and p.stat().st_size > 1_200_000}

    assert too_large == {}
