"""The embedded Redis: start, stop. It holds the cache and the task queue, nothing that could not be lost."""

import contextlib
import os
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from erp.embedded import account
from erp.embedded.errors import ServiceError
from erp.embedded.home import Home

PATIENCE = 15  # seconds


def start(home: Home) -> None:
    """Have Redis answer."""
    if is_up(home):
        return
    data = home.services() / "redis"
    if not data.exists():
        account.make_folder(data, 0o700)
        account.give(data)
    log = home.services() / "redis.log"
    keep = "" if os.environ.get("HANDEL_ENV") == "test" else "300 1"
    account.run(
        account.programs() / account.REDIS / "redis-server", "--port", 0, "--unixsocket", home.sockets() / "redis.sock",
        "--unixsocketperm", 700, "--daemonize", "yes", "--pidfile", home.sockets() / "redis.pid", "--dir", data,
        "--logfile", log, "--save", keep,
    )  # fmt: skip
    if not wait(lambda: is_up(home)):
        raise ServiceError(f"Redis does not start; {log} says why.")


def stop(home: Home) -> None:
    """Stop Redis and wait until it is gone."""
    if is_up(home):
        with contextlib.suppress(redis.ConnectionError):
            client(home).shutdown()
        wait(lambda: not is_up(home))


def wait(done) -> bool:
    """Give it a little time."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_up(home: Home) -> bool:
    """Whether Redis answers."""
    try:
        return client(home).ping()
    except redis.RedisError:
        return False


def client(home: Home) -> redis.Redis:
    """A client for the socket."""
    path = str(home.sockets() / "redis.sock")
    return redis.Redis(unix_socket_path=path, socket_timeout=5, retry=Retry(NoBackoff(), 0))
