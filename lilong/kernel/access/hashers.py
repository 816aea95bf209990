"""A quick hash for passwords that somebody handed out, so that a list of five hundred accounts imports at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare, salted_hmac


class HandedOut(BasePasswordHasher):
    """HMAC-SHA-256 under the key of the pages, which lies outside the database.

    Never the preferred hasher: Django replaces it by the slow one at the first sign-in, where such a password has to be
    changed anyway. The slow hash costs 0.3 s a password and would hold the write lock of an import for minutes.
    """

    algorithm = "handed_out"

    def encode(self, password: str, salt: str) -> str:
        self._check_encode_args(password, salt)  # type: ignore[attr-defined]  # absent from the stubs
        digest = salted_hmac(f"lilong.access.handed_out:{salt}", password, algorithm="sha256").hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> Any:
        return {"algorithm": self.decode(encoded)["algorithm"]}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: sign_in.py spends the slow hash on every failure of this one."""
