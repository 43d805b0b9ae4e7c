from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The room `approvals`: who must say yes. The rooms above tell it what can be approved (`subjects.py`)."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from approvals import tasks  # noqa: F401 (listens to the outbox)
