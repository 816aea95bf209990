"""/healthz says what lives and what does not, to anybody, and nothing about anybody."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.db import OperationalError

from lilong.portals.parts.health import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, settings) -> Path:
    settings.LILONG_HOME = tmp_path
    (tmp_path / "run").mkdir()
    return tmp_path


def beat(home: Path, name: str, *, age: float = 0.0) -> None:
    (home / "run" / f"{name}.json").write_text(json.dumps({"process": name, "pid": 1, "real": time.time() - age}))


def test_all_is_well_when_every_process_has_been_heard_of(client, home) -> None:
    for name in page.PROCESSES:
        beat(home, name)

    answer = client.get("/healthz")

    assert answer.status_code == 200
    told = answer.json()
    assert told["ok"]
    assert told["database"]["ok"]
    assert told["sealer"] == {"ok": True, "waiting": 0, "sealed": 0}
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("broken", ["silent", "absent", "unreadable"])
def test_a_process_that_is_not_heard_of_is_named(client, home, broken) -> None:
    for name in page.PROCESSES:
        beat(home, name, age=60 if (name, broken) == ("intake", "silent") else 0)
    if broken == "absent":
        (home / "run" / "intake.json").unlink()
    elif broken == "unreadable":
        (home / "run" / "intake.json").write_text("{")

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert {name for name, part in answer.json()["processes"].items() if not part["ok"]} == {"intake"}


def test_a_database_that_does_not_answer_is_said_and_not_a_broken_page(client, home, monkeypatch) -> None:
    def gone() -> None:
        raise OperationalError("no route to host 10.0.0.7")

    monkeypatch.setattr(page, "_database", gone)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False}
    assert "10.0.0.7" not in answer.content.decode()


def test_a_sealer_that_stands_still_is_noticed(client, home, monkeypatch) -> None:
    monkeypatch.setattr(page.journal, "unsealed", lambda: (1000, None))

    assert client.get("/healthz").json()["sealer"]["ok"] is False
