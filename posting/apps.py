from django.apps import AppConfig


class PostingConfig(AppConfig):
    """The room `posting`; its README says what lives here."""

    name = "posting"
    default_auto_field = "django.db.models.BigAutoField"
