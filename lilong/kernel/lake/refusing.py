"""A file that cannot be taken at all, and why."""

from __future__ import annotations


class FileRefused(ValueError):
    """Nothing of the file was taken: what was in force stays in force. The message says why, in Chinese."""
