"""Lilong 里弄, the community brain of a subdistrict."""

__version__ = "0.1.0"
