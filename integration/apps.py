from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    """The room `integration`; its README says what lives here."""

    name = "integration"
    default_auto_field = "django.db.models.BigAutoField"
