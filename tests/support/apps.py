"""An app of the tests alone: small tables on which the kernel shows what it can do."""

from django.apps import AppConfig


class TestSupportConfig(AppConfig):
    name = "tests.support"
    label = "testsupport"
    default_auto_field = "django.db.models.BigAutoField"
