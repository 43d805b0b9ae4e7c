"""The kernel's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    """What every room needs and nobody sells: numbers, money, workflow, outbox, fences."""

    name = "erp.kernel"
    label = "kernel"
    verbose_name = _("System")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from erp.kernel import tasks  # noqa: F401 (listens to the outbox)
