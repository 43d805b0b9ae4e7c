"""/healthz says what is missing, and answers 200 only when nothing is."""

import pytest
import redis
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from erp import celery, health

pytestmark = pytest.mark.django_db
ALL_WELL = {"database": "ok", "redis": "ok", "worker": "ok", "migrations": "ok"}


@pytest.fixture(autouse=True)
def sign_of_life(monkeypatch):
    """A key of this test's own, and a worker that has just renewed it."""
    monkeypatch.setattr(health, "SIGN_OF_LIFE", f"{health.SIGN_OF_LIFE}:{id(monkeypatch)}")
    client = health.redis_client()
    celery.tell_that_a_worker_lives()
    yield
    client.delete(health.SIGN_OF_LIFE)


def ask(**headers: str) -> tuple[int, dict]:
    response = Client().get("/healthz", headers=headers)
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, response.json()


def test_all_is_well():
    assert ask() == (200, ALL_WELL)


def test_no_worker():
    health.redis_client().delete(health.SIGN_OF_LIFE)
    assert ask() == (503, ALL_WELL | {"worker": "none alive"})


def test_a_sign_of_life_fades_by_itself():
    assert 0 < health.redis_client().ttl(health.SIGN_OF_LIFE) <= health.SIGN_FADES_AFTER


def test_no_redis(monkeypatch):
    nobody = redis.Redis(unix_socket_path="/nowhere/redis.sock")
    monkeypatch.setattr(health, "redis_client", lambda: nobody)
    assert ask() == (503, ALL_WELL | {"redis": "unreachable", "worker": "unknown"})


def test_no_database(monkeypatch):
    def refuse(recorder):
        raise OperationalError("connection refused")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)
    monkeypatch.setattr(health.connection, "close", lambda: None)
    assert ask() == (503, ALL_WELL | {"database": "unreachable", "migrations": "unknown"})


def test_a_migration_is_missing():
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    assert ask() == (503, ALL_WELL | {"migrations": "1 to apply"})


@override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["handel.example"])
def test_a_probe_by_address_and_without_tls_is_answered():
    assert ask(host="10.1.2.3") == (200, ALL_WELL)
