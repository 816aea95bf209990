"""Every test runs in an installation of its own, made before Django reads its settings."""

import atexit
import os
import shutil
import tempfile

import django
import pytest
from django.conf import settings

if settings.configured:
    raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: tests choose the installation's folder before Django looks")

_home = tempfile.mkdtemp(prefix="lilong-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["LILONG_HOME"] = _home
os.environ["DJANGO_SETTINGS_MODULE"] = "lilong.settings"
django.setup()
del os.environ["DJANGO_SETTINGS_MODULE"]  # workers that run tests beside us choose a folder of their own


def pytest_configure() -> None:
    """After a test that commits every table is emptied, which the journal's own triggers refuse: lift them for that."""
    from django.db import connection
    from django.test import TransactionTestCase

    from lilong.kernel.journal import guard, head

    empty = TransactionTestCase._fixture_teardown

    def empty_with_journal(self: TransactionTestCase) -> None:
        with guard.lifted(connection):
            empty(self)
        for file in (head.file(), *head.kept()):
            file.unlink(missing_ok=True)

    TransactionTestCase._fixture_teardown = empty_with_journal
