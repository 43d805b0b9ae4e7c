"""Settings are safe when nobody says anything: production refuses to start half configured."""

import pytest

from tests.house.command_line import manage, python

PRODUCTION = {
    "HANDEL_ENV": "production",
    "SECRET_KEY": "k3Wq-vT8z" * 6,
    "DATABASE_URL": "postgres://handel:secret@db.example/handel",
    "REDIS_URL": "redis://cache.example/0",
    "ALLOWED_HOSTS": "handel.example",
}


def value(expression: str, **variables: str) -> str:
    """What a setting is under these variables."""
    code = f"import django; django.setup(); from django.conf import settings; print({expression})"
    result = python("-c", code, DJANGO_SETTINGS_MODULE="erp.settings", **variables)
    return result.stdout.strip() or result.stderr


@pytest.mark.parametrize("variable", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_production_insists_on(variable):
    given = {name: text for name, text in PRODUCTION.items() if name != variable}
    result = manage("check", **given)
    assert result.returncode == 1
    assert f"Set {variable}: in production there is no default for it." in result.stderr


def test_production_is_what_counts_when_nothing_is_said():
    assert "Set SECRET_KEY" in value("settings.DEBUG")


def test_an_environment_that_does_not_exist_is_refused():
    assert "HANDEL_ENV is production, demo or test, not 'staging'" in value("1", HANDEL_ENV="staging")


def test_deploy_checks_are_clean():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_production_is_locked_down():
    told = value(
        "settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT,"
        "settings.SECURE_HSTS_SECONDS, settings.SECURE_PROXY_SSL_HEADER",
        **PRODUCTION,
    )
    assert told == "False True True True 31536000 None"


def test_no_script_or_style_may_stand_in_a_page():
    policy = value("settings.CONTENT_SECURITY_POLICY['DIRECTIVES']", **PRODUCTION)
    assert "unsafe" not in policy
    assert "'default-src': [\"'self'\"]" in policy


def test_tasks_survive_a_lost_worker_and_speak_json():
    told = value("settings.CELERY_TASK_ACKS_LATE, settings.CELERY_ACCEPT_CONTENT", **PRODUCTION)
    assert told == "True ['json']"


def test_the_outbox_is_relayed_every_minute(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["relay-outbox"]
    assert entry == {"task": "erp.kernel.outbox.relay_outbox", "schedule": 60.0}


def test_every_scheduled_task_exists(settings):
    from erp.celery import app

    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_a_pooled_database_gets_no_cursors_of_the_server():
    told = value(
        "settings.DATABASES['default']['DISABLE_SERVER_SIDE_CURSORS']", DB_POOLED="true", **PRODUCTION
    )
    assert told == "True"
