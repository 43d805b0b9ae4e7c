"""What a user's workplace remembers: choices, views of lists, what was opened last, what there is to be told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """One thing that a user chose or a page remembers for them: folded sections, the columns of a grid.

    key    the page and the thing, as "sales.document.sections"
    value  JSON, as the page understands it; nothing of it is a business fact
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    key = models.CharField(_("key"), max_length=100)
    value = models.JSONField(_("value"))

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="kernel_one_preference_per_key")]


class SavedView(models.Model):
    """A list as one user wants to see it again: filters, columns and order, never the text of a search.

    page   the key of the list, as "sales.order"
    query  the part of the list's address that says it: f.status=open&sort=-number&columns=number,status
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    page = models.CharField(_("list"), max_length=100)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(_("query"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["page", "name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="kernel_one_view_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class RecentRecord(models.Model):
    """A card or document that a user opened, for the palette and the role centre; the newest counts.

    kind   what it is, as "sales.order"; number and title as they were when it was opened
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recent_records")
    kind = models.CharField(_("kind"), max_length=40)
    number = models.CharField(_("No."), max_length=50)
    title = models.CharField(_("title"), max_length=150, blank=True)
    url = models.CharField(_("address"), max_length=250)
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("recent record")
        verbose_name_plural = _("recent records")
        ordering = ["-seen_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "number"], name="kernel_one_recent_record")
        ]
        indexes = [models.Index(fields=["user", "-seen_at"], name="kernel_recent_of_user")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Notice(models.Model):
    """Something that a user is to be told, though not in answer to a click: a run that ended, an approval asked for."""

    class Level(models.TextChoices):
        INFO = "info", _("Information")
        SUCCESS = "success", _("Success")
        WARNING = "warning", _("Warning")
        ERROR = "error", _("Error")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    level = models.CharField(_("level"), max_length=7, choices=Level, default=Level.INFO)
    message = models.CharField(_("message"), max_length=300)
    url = models.CharField(_("address"), max_length=250, blank=True)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["user", "-id"], name="kernel_notice_of_user"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="kernel_notice_unread"),
        ]

    def __str__(self) -> str:
        return self.message
