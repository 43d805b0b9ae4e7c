from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """The room `inventory`; its README says what lives here."""

    name = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
