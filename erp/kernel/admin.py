"""The kernel in the admin: number series to set up, logs to read, the outbox to mend."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from erp.kernel import numbering, outbox
from erp.kernel.calendars import calendar_of, public_holidays
from erp.kernel.errors import ErpError
from erp.kernel.models import (
    BaseCalendar,
    CalendarChange,
    ChangeLogEntry,
    IdempotencyKey,
    LedgerHead,
    NumberSeries,
    NumberSeriesLine,
    NumberSeriesRelationship,
    OutboxMessage,
    OutgoingMail,
    Picture,
    TransitionLog,
    User,
)


class Confidential:
    """For a ModelAdmin with fields that not everybody who may see its rows may see.

    confidential  names of fields by the permission that it takes to see them
    """

    confidential: Mapping[str, Sequence[str]] = {}

    def hidden(self, request) -> frozenset[str]:
        """The fields that are nobody's business here: neither shown, nor sorted or filtered by."""
        found = self.confidential.items()
        return frozenset(name for right, names in found if not request.user.has_perm(right) for name in names)

    def get_list_display(self, request):
        hidden = self.hidden(request)
        return [name for name in super().get_list_display(request) if name not in hidden]

    def get_list_filter(self, request):
        hidden = self.hidden(request)
        return [name for name in super().get_list_filter(request) if name not in hidden]

    def get_fields(self, request, obj=None):
        hidden = self.hidden(request)
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def get_fieldsets(self, request, obj=None):
        hidden = self.hidden(request)
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def lookup_allowed(self, lookup, value, request=None):
        named = request is not None and lookup.partition("__")[0] in self.hidden(request)
        return not named and super().lookup_allowed(lookup, value, request)


@admin.register(User)
class HandelUserAdmin(UserAdmin):
    """Who may manage users does not become, or take over, somebody who may do everything."""

    def get_readonly_fields(self, request, obj=None):
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else (*own, "is_superuser", "user_permissions")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request, obj=None):
        """One at a time, where it is seen who it is."""
        return (
            obj is not None
            and super().has_delete_permission(request, obj)
            and self._is_within_reach(request, obj)
        )

    def _is_within_reach(self, request, obj) -> bool:
        return obj is None or request.user.is_superuser or not obj.is_superuser


class ReadOnlyAdmin(admin.ModelAdmin):
    """Something the machine writes and people read."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class NumberSeriesLineInline(admin.TabularInline):
    model = NumberSeriesLine
    extra = 0
    fields = (
        "line_no", "starting_date", "starting_number", "ending_number", "warning_number", "increment_by",
        "implementation", "last_number_used", "last_number", "last_date_used", "is_open",
    )  # fmt: skip
    readonly_fields = ("last_number", "last_date_used")

    @admin.display(description=_("last no. given out"))
    def last_number(self, line):
        return numbering.last_number(line) if line.pk else ""


class NumberSeriesRelationshipInline(admin.TabularInline):
    model = NumberSeriesRelationship
    fk_name = "series"
    extra = 0


@admin.register(NumberSeries)
class NumberSeriesAdmin(admin.ModelAdmin):
    list_display = ("code", "description", "default_numbers", "manual_numbers", "date_order")
    search_fields = ("code", "description")
    inlines = (NumberSeriesLineInline, NumberSeriesRelationshipInline)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "topic", "key", "created_at", "retry_at", "attempts", "sent_at", "dead_at", "error")
    list_filter = (("dead_at", admin.EmptyFieldListFilter), ("sent_at", admin.EmptyFieldListFilter), "topic")
    search_fields = ("key", "topic")
    date_hierarchy = "created_at"
    actions = ("retry",)

    @admin.action(description=_("Deliver again"), permissions=("retry",))
    def retry(self, request, queryset):
        count = outbox.retry(queryset, now=timezone.now())
        self.message_user(request, _("{count} messages are due again.").format(count=count), messages.SUCCESS)

    def has_retry_permission(self, request):
        return request.user.has_perm("kernel.change_outboxmessage")


@admin.register(ChangeLogEntry)
class ChangeLogEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "user", "table", "record_key", "action", "field", "before", "after")
    list_filter = ("table", "action")
    list_select_related = ("user",)
    search_fields = ("record_key", "field")
    date_hierarchy = "at"


@admin.register(TransitionLog)
class TransitionLogAdmin(ReadOnlyAdmin):
    list_display = ("at", "by", "subject", "number", "verb", "from_status", "to_status")
    list_filter = ("subject", "verb")
    list_select_related = ("by",)
    search_fields = ("number",)
    date_hierarchy = "at"


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "operation", "key")
    list_select_related = ("user",)
    search_fields = ("key", "operation")


@admin.register(LedgerHead)
class LedgerHeadAdmin(ReadOnlyAdmin):
    list_display = (
        "register_no",
        "transaction_no",
        "gl_entry_no",
        "vat_entry_no",
        "item_entry_no",
        "value_entry_no",
    )


class BaseCalendarForm(forms.ModelForm):
    def clean(self):
        typed = super().clean()
        country = typed["holidays_of_country"] = typed.get("holidays_of_country", "").upper()
        try:
            if country:
                public_holidays(country, typed.get("holidays_of_region", ""), timezone.localdate().year)
        except ErpError as error:
            self.add_error("holidays_of_country", error.message)
        return typed


class CalendarChangeForm(forms.ModelForm):
    """A weekly change names a day of the week, every other one a date."""

    def clean(self):
        typed = super().clean()
        weekly = typed.get("recurrence") == CalendarChange.Recurrence.WEEKLY
        wanted, other = ("weekday", "date") if weekly else ("date", "weekday")
        typed[other] = None
        if typed.get(wanted) is None and wanted not in self.errors:
            self.add_error(wanted, _("This must be filled in."))
        if weekly and not 1 <= (typed.get("weekday") or 1) <= 7:
            self.add_error("weekday", _("1 is Monday, 7 is Sunday."))
        return typed


class CalendarChangeInline(admin.TabularInline):
    model = CalendarChange
    form = CalendarChangeForm
    extra = 0
    fields = ("recurrence", "weekday", "date", "works", "description")


@admin.register(BaseCalendar)
class BaseCalendarAdmin(admin.ModelAdmin):
    """A calendar with what it says about days, and the days of the next year that follow from it."""

    form = BaseCalendarForm
    list_display = ("code", "name", "holidays_of_country", "holidays_of_region")
    search_fields = ("code", "name")
    fields = ("code", "name", "holidays_of_country", "holidays_of_region", "days_off")
    readonly_fields = ("days_off",)
    inlines = (CalendarChangeInline,)

    @admin.display(description=_("off in the next 12 months"))
    def days_off(self, row):
        """Days of the week first, then every other day by itself."""
        if not row.pk:
            return "–"
        calendar, today = calendar_of(row), timezone.localdate()
        weekly = calendar.changes.weekly
        lines = [str(WEEKDAYS[day - 1]) for day, works in sorted(weekly.items()) if not works]
        lines += [
            f"{date_format(day)} {calendar.holidays(day.year).get(day, '')}"
            for day in (today + timedelta(days=ahead) for ahead in range(365))
            if weekly.get(day.isoweekday(), True) and not calendar.works(day)
        ]
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines)) or "–"


class CalendarExceptionForm(CalendarChangeForm):
    def clean(self):
        typed = super().clean()
        sources = CalendarChange.Source
        source, number = typed.get("source_type"), typed.get("source_no")
        if source in ("", None):
            self.add_error("source_type", _("This must be filled in."))
        elif bool(number) == (source == sources.COMPANY):
            self.add_error("source_no", _("The company has no number; everybody else is named by theirs."))
        return typed


@admin.register(CalendarChange)
class CalendarExceptionAdmin(admin.ModelAdmin):
    """Exceptions of those who use a calendar; what a calendar itself says stands on its own page."""

    form = CalendarExceptionForm
    list_display = ("source_type", "source_no", "recurrence", "weekday", "date", "works", "description")
    list_filter = ("source_type", "recurrence", "works")
    search_fields = ("=source_no", "description")
    fields = ("source_type", "source_no", "recurrence", "weekday", "date", "works", "description")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(calendar=None)


@admin.register(Picture)
class PictureAdmin(ReadOnlyAdmin):
    """Pictures of customers and items; they are put there over the API."""

    list_display = ("subject_type", "subject_no", "content_type", "width", "height")
    list_filter = ("subject_type",)
    search_fields = ("=subject_no",)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Mails that left, or are to leave; they are sent again and given up on the page of mails."""

    list_display = (
        "created_at",
        "title",
        "to",
        "subject_type",
        "subject_no",
        "status",
        "attempts",
        "created_by",
    )
    list_filter = ("status", "subject_type")
    search_fields = ("=subject_no", "title", "to")
    fields = ("created_at", "created_by", "subject_type", "subject_no", "to", "cc", "bcc", "title", "body",
              "paper_name", "status", "attempts", "last_error", "sent_at")  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).defer("paper").select_related("created_by")
