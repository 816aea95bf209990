"""Every test runs in an installation of its own, made before Django reads its settings."""

import atexit
import os
import shutil
import tempfile

os.environ["LILONG_HOME"] = tempfile.mkdtemp(prefix="lilong-test-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
atexit.register(shutil.rmtree, os.environ["LILONG_HOME"], ignore_errors=True)


def pytest_configure() -> None:
    """After a test that commits every table is emptied, which the journal's own triggers refuse: lift them for that."""
    from django.test import TransactionTestCase

    empty = TransactionTestCase._fixture_teardown

    def empty_with_journal(self: TransactionTestCase) -> None:
        from django.db import connection

        from lilong.kernel.journal import guard, head

        with guard.lifted(connection):
            empty(self)
        for file in (head.file(), *head.kept()):
            file.unlink(missing_ok=True)

    TransactionTestCase._fixture_teardown = empty_with_journal
