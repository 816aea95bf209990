"""The web process for an ASGI server: uvicorn lilong.asgi:application."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
application = get_asgi_application()
