"""In the admin: what was imported, to be looked up or forgotten so that it comes in once more; and the change feed."""

from django.contrib import admin

from erp.kernel.admin import ReadOnlyAdmin
from erp.kernel.feed import Change
from integration.models import ImportedRecord


@admin.register(ImportedRecord)
class ImportedRecordAdmin(admin.ModelAdmin):
    """Nothing is added or changed by hand; forgetting a record leaves what it became."""

    list_display = (
        "source",
        "section",
        "key",
        "document_type",
        "number",
        "steps",
        "imported_at",
        "imported_by",
    )
    list_display_links = ("key",)
    list_filter = ("source", "section", "document_type")
    search_fields = ("key", "number")
    date_hierarchy = "imported_at"

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """What changed in the last days, as webhooks and events tell it."""

    list_display = ("id", "at", "entity", "number", "kind", "key")
    list_filter = ("entity", "kind")
    search_fields = ("number", "key")
