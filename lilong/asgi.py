"""The web process for an ASGI server: uvicorn lilong.asgi:application."""

import os

from django.core.asgi import get_asgi_application

from lilong.portals.parts.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
# Ten threads keep two cores busy; hundreds arriving at once would each open a connection, and PostgreSQL takes 100.
application = Gate(get_asgi_application(), at_once=10)
