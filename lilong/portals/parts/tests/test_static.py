"""Style, script and pictures travel compressed once they are collected, and libraries are kept for good."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


def test_collected_files_travel_compressed(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path / "static", WHITENOISE_USE_FINDERS=False):
        call_command("collectstatic", verbosity=0, interactive=False)
        client = Client(headers={"Accept-Encoding": "gzip"})
        ours = client.get("/static/parts/parts.css")
        library = client.get("/static/vendor/htmx-4.0.1/htmx.min.js")
        module = client.get("/static/desk/desk.mjs")

    assert {answer.headers["Content-Encoding"] for answer in (ours, library, module)} == {"gzip"}
    assert int(ours.headers["Content-Length"]) < 6_000
    assert module.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in library.headers["Cache-Control"]
    assert "immutable" not in ours.headers["Cache-Control"]


def test_before_they_are_collected_the_sources_are_served(client, settings) -> None:
    assert settings.WHITENOISE_USE_FINDERS
    assert client.get("/static/parts/parts.css").status_code == 200
