#!/usr/bin/env python
"""Runs the market's commands; starts the embedded servers first when the environment names no others."""

import os
import sys

from django.core.management import execute_from_command_line

from marketplace.local import ServersUnavailable, use_embedded_servers, use_state_of_bench

STARTS_SERVERS_ITSELF = {"demo", "servers"}
ANSWERS_REQUESTS = {"demo", "runserver"}


def main() -> None:
    """Run one command of Django's or of an app's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    if sys.argv[1:2] == ["bench"]:
        use_state_of_bench()
    if ANSWERS_REQUESTS.isdisjoint(sys.argv[1:2]):
        os.environ.setdefault("STATEMENT_TIMEOUT_MS", "0")  # imports and seeds take as long as they take
    if STARTS_SERVERS_ITSELF.isdisjoint(sys.argv[1:2]):
        try:
            use_embedded_servers()
        except ServersUnavailable as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
