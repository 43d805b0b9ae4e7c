from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BaseCalendar(models.Model):
    """Which days are worked: every day, but for what its changes and a country's public holidays say."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=50, blank=True)
    holidays_of_country = models.CharField(
        _("public holidays of"), max_length=2, blank=True, help_text=_("ISO code; empty: none")
    )
    holidays_of_region = models.CharField(_("region of that country"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("base calendar")
        verbose_name_plural = _("base calendars")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class CalendarChange(models.Model):
    """A day, or every such day, that a calendar works or does not: Saturdays, Christmas Day, one Friday in May.

    It belongs to a base calendar, or to one user of calendars (`source_type` and `source_no`: the location OSLO)
    whose exceptions go before those of the calendar.
    """

    class Source(models.TextChoices):
        CALENDAR = "", _("–")
        COMPANY = "company", _("Company")
        LOCATION = "location", _("Location")
        CUSTOMER = "customer", _("Customer")
        AGENT_SERVICE = "agent_service", _("Shipping Agent Service")

    class Recurrence(models.TextChoices):
        ONCE = "once", _("Once")
        WEEKLY = "weekly", _("Weekly")
        ANNUAL = "annual", _("Annual")

    calendar = models.ForeignKey(BaseCalendar, models.CASCADE, null=True, blank=True, related_name="changes")
    source_type = models.CharField(_("source type"), max_length=16, choices=Source, blank=True)
    source_no = models.CharField(_("source no."), max_length=30, blank=True)
    recurrence = models.CharField(_("recurrence"), max_length=8, choices=Recurrence, default=Recurrence.ONCE)
    weekday = models.PositiveSmallIntegerField(
        _("day"), null=True, blank=True, help_text=_("1 Monday to 7 Sunday")
    )
    date = models.DateField(_("date"), null=True, blank=True)
    works = models.BooleanField(_("working"), default=False)
    description = models.CharField(_("description"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("calendar change")
        verbose_name_plural = _("calendar changes")
        ordering = ["calendar", "source_type", "source_no", "recurrence", "weekday", "date"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(calendar__isnull=False) & Q(source_type="", source_no=""))
                | (Q(calendar=None) & ~Q(source_type="")),
                name="kernel_calendar_change_has_one_owner",
            ),
            models.CheckConstraint(
                condition=(Q(recurrence="weekly") & Q(weekday__gte=1) & Q(weekday__lte=7) & Q(date=None))
                | (~Q(recurrence="weekly") & Q(weekday=None) & Q(date__isnull=False)),
                name="kernel_calendar_change_names_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar or self.source_no}: {self.date or self.weekday}"
