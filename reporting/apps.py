from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """The room `reporting`; its README says what lives here."""

    name = "reporting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from reporting import tasks  # noqa: F401
