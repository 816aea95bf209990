"""Django settings: one installation, told by a few environment variables, with everything found by walking folders."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lilong.kit import clock
from lilong.kit.keys import load_or_make

BASE_DIR = Path(__file__).resolve().parent
LILONG_HOME = Path(os.environ.get("LILONG_HOME", "var")).resolve()
LILONG_HOME.mkdir(parents=True, exist_ok=True)
clock.install(LILONG_HOME / "clock.json")

DEMO = os.environ.get("LILONG_DEMO", "1" if (LILONG_HOME / "demo.json").exists() else "0") == "1"
DEBUG = False
SECRET_KEY = load_or_make(LILONG_HOME / "keys" / "pages.key").hex()
JOURNAL_KEY = load_or_make(LILONG_HOME / "keys" / "journal.key")
REGISTRY_KEY = load_or_make(LILONG_HOME / "keys" / "registry.key")
ALLOWED_HOSTS = os.environ.get("LILONG_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("LILONG_ORIGINS", "").split(",") if o]


def _blocks(*floors: str) -> list[str]:
    """Every folder with a models.py below the floors, as an app; adding a block edits no list."""
    return [
        f"lilong.{floor}.{models.parent.name}"
        for floor in floors
        for models in sorted((BASE_DIR / floor).glob("*/models.py"))
    ]


INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "lilong.portals.parts",
    *_blocks("kernel", "services"),
]
AUTH_USER_MODEL = "access.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": LILONG_HOME / "lilong.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
            },
            # a file, not memory: several processes of a test share it
            "TEST": {"NAME": LILONG_HOME / "test.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit(f"DATABASE_URL: {parts.scheme!r} is not known; use postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # under ASGI each request has a thread of its own: a kept connection would serve nobody again
        "CONN_MAX_AGE": 0,
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lilong.portals.parts.headers.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lilong.kernel.access.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "lilong.urls"
ASGI_APPLICATION = "lilong.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portals"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "lilong.portals.parts.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "lilong.portals.parts.tags"],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = sorted(BASE_DIR.glob("**/locale"))
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "portals" / "static"]
STATIC_ROOT = LILONG_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# `lilong up` collects and compresses them; found sources would win over those, so they are for the tests alone
WHITENOISE_USE_FINDERS = not any(STATIC_ROOT.iterdir())
WHITENOISE_MIMETYPES = {".mjs": "text/javascript"}
WHITENOISE_IMMUTABLE_FILE_TEST = "/vendor/"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("LILONG_HTTPS") == "1"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "lilong.kernel.access.hashers.HandedOut",
]
AUTHENTICATION_BACKENDS = ["lilong.kernel.access.backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "lilong.portals.entrance.errors.page.forged"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"level": "ERROR"}},  # a refusal is an answer, not an incident
    "root": {"handlers": ["err"], "level": os.environ.get("LILONG_LOG", "WARNING")},
}
