"""Whether the servers named by a database and an MQTT address answer: `make check` runs the suite on those that do."""

import socket
import sys
from urllib.parse import urlsplit


def answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=1):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    silent = [address for address in sys.argv[1:] if not answers(address)]
    for address in silent:
        sys.stderr.write(f"not checked on {address}: nothing answers there\n")
    sys.exit(1 if silent else 0)
