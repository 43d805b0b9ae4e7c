"""The kernel in the admin: number series to set up, logs to read, the outbox to mend."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.kernel import numbering, outbox
from erp.kernel.models import (
    ChangeLogEntry,
    IdempotencyKey,
    LedgerHead,
    NumberSeries,
    NumberSeriesLine,
    NumberSeriesRelationship,
    OutboxMessage,
    TransitionLog,
    User,
)

admin.site.register(User, UserAdmin)


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
