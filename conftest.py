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
