from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The room `customers`; its README says what lives here."""

    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"
