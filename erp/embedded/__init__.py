"""PostgreSQL and Redis without a server installed: run from Python packages, in a data folder of their own.

Whoever needs them calls `use()`: it starts what is down, and the last process that used them stops them again. They
speak through sockets in the data folder only, so two checkouts never meet and nobody else on the machine gets in.
"""

import atexit
import fcntl
import os

from erp.embedded import postgresql, redis_server
from erp.embedded.errors import ServiceError
from erp.embedded.home import ENVIRONMENTS, Home, home

__all__ = ["ENVIRONMENTS", "Home", "ServiceError", "home", "needed", "reset", "stop", "use"]

SERVICES = {"DATABASE_URL": postgresql, "REDIS_URL": redis_server}
shares: dict[str, int] = {}  # open files, by home: each is this process's share in the running services


def needed() -> list:
    """The services that no variable of the environment points elsewhere."""
    return [service for variable, service in SERVICES.items() if not os.environ.get(variable)]


def use() -> Home:
    """Have the needed services run as long as this process lives; the last user switches them off."""
    place = home()
    if needed() and str(place.folder) not in shares:
        place.prepare()
        with place.locked():
            share = os.open(place.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(share, fcntl.LOCK_SH)
            shares[str(place.folder)] = share
            atexit.register(leave, place, os.getpid())
            for service in needed():
                service.start(place)
    return place


def leave(place: Home, pid: int) -> None:
    """Give back this process's share; stop the services when nobody else holds one."""
    if os.getpid() != pid or not place.is_ours():  # a forked child has no share of its own
        return
    with place.locked():
        share = shares.pop(str(place.folder), None)
        if share is None:
            return
        try:
            fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            os.close(share)
        stop_all(place)


def stop() -> None:
    """Stop the services, whoever may still use them."""
    place = home()
    if place.is_ours():
        with place.locked():
            stop_all(place)


def stop_all(place: Home) -> None:
    """Stop what runs; Redis first, it depends on nobody."""
    redis_server.stop(place)
    postgresql.stop(place)


def reset() -> None:
    """Stop the services and remove everything Handel has put into its data folder."""
    stop()
    home().remove()
