"""The addresses of the HTTP gateway for machines."""

from django.urls import path

from .readings import take

urlpatterns = [path("api/v1/readings", take, name="readings")]
"""Full paths, no prefix: `lilong.urls` finds them by walking."""
