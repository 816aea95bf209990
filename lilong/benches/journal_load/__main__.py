"""One process of the load, by its job: `tables`, `seal`, `cost`, `write sealed` or `write chained`."""

from __future__ import annotations

import sys

from lilong import settings


def main() -> None:
    """Start with the two blocks alone, since a dozen of these start on two cores; then do the job."""
    settings.INSTALLED_APPS = ["lilong.kernel.journal", "lilong.kernel.tickets"]
    import django

    django.setup()
    from lilong.benches.journal_load import jobs

    jobs.serve(*sys.argv[1:])


if __name__ == "__main__":
    main()
