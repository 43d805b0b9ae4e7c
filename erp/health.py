"""/healthz: is everything there that Handel needs? 200 when all is well, else 503; JSON with one line per part."""

from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

PATH = "/healthz"
OK = "ok"
SIGN_OF_LIFE = "handel:worker:alive"
SIGN_FADES_AFTER = 20  # seconds; a worker renews it every two


class HealthMiddleware:
    """Answers /healthz before anything else looks at the request: probes come by IP address and without TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH:
            return self.get_response(request)
        parts = health()
        response = JsonResponse(parts, status=200 if set(parts.values()) == {OK} else 503)
        response.headers["Cache-Control"] = "no-store"
        return response


def health() -> dict[str, str]:
    """Each part that Handel needs and "ok", or what is wrong with it in a few words."""
    database, migrations = database_health()
    redis_part, worker = redis_health()
    return {"database": database, "redis": redis_part, "worker": worker, "migrations": migrations}


def database_health() -> tuple[str, str]:
    """How the database is, and whether it has every migration that this code brings."""
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        connection.close()
        return "unreachable", "unknown"
    missing = known_migrations() - applied
    return OK, f"{len(missing)} to apply" if missing else OK


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations that this process's code brings; they cannot change while it runs."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def redis_health() -> tuple[str, str]:
    """How Redis is, and whether a Celery worker has given a sign of life lately."""
    try:
        alive = redis_client().exists(SIGN_OF_LIFE)
    except redis.RedisError:
        return "unreachable", "unknown"
    return OK, OK if alive else "none alive"


def renew_sign_of_life() -> None:
    """A worker says that it lives."""
    redis_client().set(SIGN_OF_LIFE, "1", ex=SIGN_FADES_AFTER)


@cache
def redis_client() -> redis.Redis:
    """One small pool per process, with short patience."""
    patience = {"socket_connect_timeout": 2, "socket_timeout": 2, "retry": Retry(NoBackoff(), 0)}
    return redis.Redis.from_url(settings.REDIS_URL, **patience)
