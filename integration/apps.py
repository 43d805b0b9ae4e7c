from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationConfig(AppConfig):
    """The room `integration`; its README says what lives here."""

    name = "integration"
    verbose_name = _("Imports")
    default_auto_field = "django.db.models.BigAutoField"
