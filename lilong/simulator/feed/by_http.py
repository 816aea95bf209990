"""The road for many readings at once: batches over HTTP, sent again until the installation has taken them."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import httpx

from .deliveries import Reading
from .gateway import Gateway
from .trouble import Trouble, logger

MOST = 2_000  # readings in one batch
_LATER = {401, 403, 404, 408, 429}  # not there yet, or not for this token yet: worth another try


class HttpRoad:
    """Posts batches to one installation."""

    def __init__(self, url: str, gateway: Gateway, stop: Event) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {gateway.token}"},
            timeout=30,
            trust_env=False,  # the installation is next door, whatever proxy the environment names
        )
        self._stop, self._trouble = stop, Trouble(f"HTTP {url}")

    def send(self, readings: Sequence[Reading]) -> bool:
        """Deliver at most MOST readings; returns False when told to stop before they were taken."""
        body = [reading.as_json() for reading in readings]
        while not self._stop.is_set():
            pause = 1.0
            try:
                answer = self._client.post("/api/v1/readings", json=body)
            except httpx.TransportError as failed:
                self._trouble.met(f"no connection ({type(failed).__name__})")
            else:
                if answer.is_success:
                    self._trouble.over()
                    return True
                if answer.status_code not in _LATER and answer.status_code < 500:
                    logger.error("a batch of %d readings was refused: %s", len(body), answer.text[:300])
                    return True
                self._trouble.met(f"answers {answer.status_code}")
                pause = _retry_after(answer, pause)
            self._stop.wait(pause)
        return False

    def close(self) -> None:
        self._client.close()


def _retry_after(answer: httpx.Response, otherwise: float) -> float:
    told = answer.headers.get("Retry-After", "")
    return min(30.0, float(told)) if told.isdigit() else otherwise
