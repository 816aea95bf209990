"""What a scenario's rule.py may import, and nothing else; forty names at most, counted by a test."""

from __future__ import annotations

from lilong.kernel.engine.decisions import Decision, Finding
from lilong.kit.spans import parse_span, parse_volume

__all__ = ["Decision", "Finding", "parse_span", "parse_volume"]
