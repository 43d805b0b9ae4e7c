"""What was imported, in the admin: to look things up, and to forget a record so that it comes in once more."""

from django.contrib import admin

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
