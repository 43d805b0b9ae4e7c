"""Who works here."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person or a connected system with a log-in. Is not a salesperson or a customer; what it may do are groups."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Workplace(models.TextChoices):
        """The role centre that a user starts on. It never grants a right."""

        AUTOMATIC = "", _("As my rights say")
        CLERK = "clerk", _("Sales clerk")
        MANAGER = "manager", _("Sales manager")
        ACCOUNTANT = "accountant", _("Accountant")
        WAREHOUSE = "warehouse", _("Warehouse")

    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("blank: the browser's"),
    )
    theme = models.CharField(_("theme"), max_length=5, blank=True, choices=Theme)
    workplace = models.CharField(_("role centre"), max_length=10, blank=True, choices=Workplace)
