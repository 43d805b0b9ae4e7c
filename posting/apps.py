from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PostingConfig(AppConfig):
    """The room `posting`; its README says what lives here."""

    name = "posting"
    verbose_name = _("Finance")
    default_auto_field = "django.db.models.BigAutoField"
