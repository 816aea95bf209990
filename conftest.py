"""Every test runs in an installation of its own, made before Django reads its settings."""

import atexit
import os
import shutil
import tempfile

os.environ["LILONG_HOME"] = tempfile.mkdtemp(prefix="lilong-test-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
atexit.register(shutil.rmtree, os.environ["LILONG_HOME"], ignore_errors=True)
