"""The processes of an installation: web, intake, worker, and the supervisor that runs them together."""
