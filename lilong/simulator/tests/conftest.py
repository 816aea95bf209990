"""One small and one whole subdistrict, made once for all tests of the simulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lilong.simulator import files, world
from lilong.simulator.feed import network


@pytest.fixture(scope="session")
def demo() -> world.World:
    return world.make("demo", 7)


@pytest.fixture(scope="session")
def demo_files(demo: world.World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    files.write(demo, folder)
    return folder


@pytest.fixture(scope="session")
def truth(demo_files: Path) -> dict[str, Any]:
    return json.loads((demo_files / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def demo_network(demo_files: Path) -> network.Network:
    return network.read(demo_files, world.START)
