"""Number series: which numbers documents, customers and items get."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.kernel import number_rules, number_text


class NumberSeries(models.Model):
    """A named series of numbers; the numbers themselves are on its lines, by starting date."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    default_numbers = models.BooleanField(
        _("default nos."), default=True, help_text=_("Assigned automatically where no number is typed.")
    )
    manual_numbers = models.BooleanField(
        _("manual nos."), default=False, help_text=_("Numbers may be typed.")
    )
    date_order = models.BooleanField(
        _("date order"), default=False, help_text=_("No number on a date before the last one used.")
    )

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class NumberSeriesLine(models.Model):
    """The numbers of a series from a date on.

    A normal line is gapless: `last_number_used` grows under a row lock within the posting's transaction. A sequence
    line may leave gaps and makes nobody wait: it draws from a PostgreSQL sequence that the database creates with the
    line, counts on from `last_number_used` (or begins with the starting number), and leaves that column alone. Made
    normal again, the line counts on from what the sequence gave out last: the database sees to that, too.
    """

    class Implementation(models.TextChoices):
        NORMAL = "normal", _("Normal (no gaps)")
        SEQUENCE = "sequence", _("Sequence (gaps allowed)")

    series = models.ForeignKey(NumberSeries, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField(_("line no."), default=10000)
    starting_date = models.DateField(_("starting date"), null=True, blank=True)
    starting_number = models.CharField(_("starting no."), max_length=20)
    ending_number = models.CharField(_("ending no."), max_length=20, blank=True)
    warning_number = models.CharField(_("warning no."), max_length=20, blank=True)
    increment_by = models.PositiveIntegerField(_("increment-by no."), default=1)
    last_number_used = models.CharField(_("last no. used"), max_length=20, blank=True)
    last_date_used = models.DateField(_("last date used"), null=True, blank=True)
    is_open = models.BooleanField(_("open"), default=True)
    implementation = models.CharField(
        _("implementation"), max_length=8, choices=Implementation, default=Implementation.NORMAL
    )

    class Meta:
        verbose_name = _("number series line")
        verbose_name_plural = _("number series lines")
        ordering = ["series", "starting_date", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["series", "line_no"], name="kernel_series_line_no"),
            models.CheckConstraint(condition=Q(increment_by__gte=1), name="kernel_series_increment"),
            models.CheckConstraint(condition=~Q(starting_number=""), name="kernel_series_starting_number"),
            models.CheckConstraint(
                condition=Q(implementation__in=["normal", "sequence"]), name="kernel_series_implementation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series.code} {self.starting_number}"

    @property
    def allows_gaps(self) -> bool:
        return self.implementation == self.Implementation.SEQUENCE

    @property
    def sequence_name(self) -> str:
        """The database sequence behind a line that allows gaps."""
        return f"kernel_number_line_{self.pk}"

    def clean(self):
        problems = number_rules.check_line(self)
        if problems:
            raise ValidationError(
                [ValidationError(problem.message, code=problem.code) for problem in problems]
            )

    def number_after(self, used: str, steps: int = 1) -> str:
        """The number so many steps after a used one; with none used yet, the first step is the starting number."""
        if used:
            return number_text.increase(used, steps * self.increment_by)
        return number_text.increase(self.starting_number, (steps - 1) * self.increment_by)


class NumberSeriesRelationship(models.Model):
    """Another series that may be chosen instead of this one."""

    series = models.ForeignKey(NumberSeries, models.CASCADE, related_name="relationships")
    related = models.ForeignKey(
        NumberSeries, models.CASCADE, related_name="+", verbose_name=_("related series")
    )

    class Meta:
        verbose_name = _("related number series")
        verbose_name_plural = _("related number series")
        ordering = ["series", "related"]
        constraints = [
            models.UniqueConstraint(fields=["series", "related"], name="kernel_series_related_once"),
            models.CheckConstraint(condition=~Q(series=F("related")), name="kernel_series_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.series.code} → {self.related.code}"
