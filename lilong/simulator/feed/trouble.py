"""Says once that something is wrong and once that it is over, however often it is tried meanwhile."""

from __future__ import annotations

import logging

logger = logging.getLogger("lilong.simulator")


class Trouble:
    """The trouble of one road; the same words are not said twice in a row."""

    def __init__(self, road: str) -> None:
        self.road, self._said = road, ""

    def met(self, words: str) -> None:
        if words != self._said:
            logger.warning("%s: %s; waiting", self.road, words)
            self._said = words

    def over(self) -> None:
        if self._said:
            logger.warning("%s: works again", self.road)
            self._said = ""
