"""Starts the servers and loads Django before the tests' own conftest imports models."""

import os

import django
import pytest

from tests import servers

try:
    servers.use_servers_for_tests()
except servers.ServersUnavailable as error:
    pytest.exit(str(error), returncode=3)
pytest_plugins = ["tests.promises"]
os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"
django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Hand the workers no settings: pytest-django would load them before this file gives them servers of their own."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure() -> None:
    """Stop the servers when no other test run uses them."""
    servers.leave_servers()
