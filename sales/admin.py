"""Sales in the admin: prices and set-up to edit; documents and posted papers to read, with a link to their pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from erp.kernel.admin import ReadOnlyAdmin
from sales import models


class PriceListLineInline(admin.TabularInline):
    model = models.PriceListLine
    extra = 0
    fields = (
        "source_type",
        "source_no",
        "asset_type",
        "asset_no",
        "variant_code",
        "unit_code",
        "currency_code",
        "minimum_quantity",
        "amount_type",
        "unit_price",
        "line_discount_percent",
        "starting_date",
        "ending_date",
        "price_includes_vat",
        "vat_bus_posting_group_price",
        "allow_line_discount",
        "allow_invoice_discount",
    )


@admin.register(models.PriceList)
class PriceListAdmin(admin.ModelAdmin):
    list_display = ("code", "description", "status")
    list_filter = ("status",)
    search_fields = ("code", "description", "=lines__asset_no", "=lines__source_no")
    inlines = (PriceListLineInline,)


@admin.register(models.CustomerInvoiceDiscount)
class CustomerInvoiceDiscountAdmin(admin.ModelAdmin):
    list_display = ("code", "currency_code", "minimum_amount", "discount_percent", "service_charge")
    search_fields = ("code",)


@admin.register(models.SalesSetup)
class SalesSetupAdmin(admin.ModelAdmin):
    """One row, made by the set-up loader."""

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not models.SalesSetup.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(models.UserSalesSetup)
class UserSalesSetupAdmin(admin.ModelAdmin):
    list_display = ("user", "invoice_posting_policy", "salesperson")
    list_select_related = ("user", "salesperson")
    search_fields = ("user__username",)


@admin.register(models.RoleSalesSetup)
class RoleSalesSetupAdmin(admin.ModelAdmin):
    list_display = ("role", "max_line_discount")
    list_select_related = ("role",)


@admin.register(models.ReasonCode)
class ReasonCodeAdmin(admin.ModelAdmin):
    list_display = ("code", "description")
    search_fields = ("code", "description")


@admin.register(models.QuoteProgress)
class QuoteProgressAdmin(ReadOnlyAdmin):
    """Moved on the quote's page alone, where the history is kept."""

    list_display = ("document", "stage", "probability_percent", "follow_up_date", "accepted_date", "reason")
    list_filter = ("stage", "reason")
    list_select_related = ("document", "reason")
    search_fields = ("=document__number", "competitor")


@admin.register(models.ArchivedDocument)
class ArchivedDocumentAdmin(ReadOnlyAdmin):
    """Read, compared and restored on pages of their own."""

    show_full_result_count = False
    list_display = (
        "number",
        "type",
        "version",
        "page",
        "sell_to_name",
        "reason",
        "archived_at",
        "archived_by",
    )
    list_filter = ("type", "reason")
    search_fields = ("=number", "=customer_no", "sell_to_name")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("page"))
    def page(self, version):
        place = [version.type, version.number, version.occurrence, version.version]
        return _link(reverse("sales:archive-version", args=place))


class PaperAdmin(ReadOnlyAdmin):
    """The newest first; counted only as far as the page needs it."""

    show_full_result_count = False
    list_per_page = 100
    list_select_related = ("customer",)
    date_hierarchy = "posting_date"
    search_fields = ("=number", "=order_no", "=external_document_no", "=customer__number", "sell_to_name")
    address: tuple[str, str] = ("", "")

    @admin.display(description=_("page"))
    def page(self, paper):
        return _link(reverse(self.address[0], args=[self.address[1], paper.number]))


class LineInline(admin.TabularInline):
    """The lines of a paper, to read."""

    extra = 0
    can_delete = False
    fields = (
        "line_no",
        "type",
        "number",
        "description",
        "quantity",
        "unit_code",
        "unit_price",
        "line_amount",
    )
    readonly_fields = fields

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class SalesLineInline(LineInline):
    model = models.SalesLine


@admin.register(models.SalesDocument)
class SalesDocumentAdmin(PaperAdmin):
    """Changed on its page alone, where the routines watch over it."""

    list_display = ("number", "type", "page", "customer", "sell_to_name", "status", "order_date")
    list_filter = ("type", "status")
    search_fields = ("=number", "=external_document_no", "=customer__number", "sell_to_name")
    date_hierarchy = None
    inlines = (SalesLineInline,)

    @admin.display(description=_("page"))
    def page(self, document):
        return _link(reverse("sales:document", args=[document.type, document.number]))


class ShipmentLineInline(LineInline):
    model = models.SalesShipmentLine


@admin.register(models.SalesShipment)
class SalesShipmentAdmin(PaperAdmin):
    list_display = ("number", "page", "customer", "sell_to_name", "posting_date", "order_no")
    address = ("sales:posted", "shipment")
    inlines = (ShipmentLineInline,)


class InvoiceLineInline(LineInline):
    model = models.SalesInvoiceLine


@admin.register(models.SalesInvoice)
class SalesInvoiceAdmin(PaperAdmin):
    list_display = (
        "number",
        "page",
        "customer",
        "sell_to_name",
        "posting_date",
        "order_no",
        "amount_including_vat",
    )
    address = ("sales:posted", "invoice")
    inlines = (InvoiceLineInline,)


class CreditMemoLineInline(LineInline):
    model = models.SalesCreditMemoLine


@admin.register(models.SalesCreditMemo)
class SalesCreditMemoAdmin(PaperAdmin):
    list_display = (
        "number",
        "page",
        "customer",
        "sell_to_name",
        "posting_date",
        "order_no",
        "amount_including_vat",
    )
    address = ("sales:posted", "credit_memo")
    inlines = (CreditMemoLineInline,)


class ReturnReceiptLineInline(LineInline):
    model = models.ReturnReceiptLine


@admin.register(models.ReturnReceipt)
class ReturnReceiptAdmin(PaperAdmin):
    list_display = ("number", "page", "customer", "sell_to_name", "posting_date", "order_no")
    address = ("sales:posted", "return_receipt")
    inlines = (ReturnReceiptLineInline,)


@admin.register(models.ChargeAssignment)
class ChargeAssignmentAdmin(ReadOnlyAdmin):
    """What item charges of working documents are for; assigned on the page of their line."""

    list_display = ("line", "target", "target_no", "item_no", "quantity", "amount", "quantity_assigned")
    list_select_related = ("line",)
    search_fields = ("=target_no", "=item_no")


@admin.register(models.StandardText)
class StandardTextAdmin(admin.ModelAdmin):
    list_display = ("code", "description")
    search_fields = ("code", "description")


@admin.register(models.ExtendedText)
class ExtendedTextAdmin(admin.ModelAdmin):
    list_display = (
        "subject",
        "number",
        "language_code",
        "starting_date",
        "ending_date",
        "automatic",
        "first_line",
    )
    list_display_links = ("subject", "number")
    list_filter = ("subject", "automatic", "language_code")
    search_fields = ("=number", "text")

    @admin.display(description=_("text"))
    def first_line(self, text):
        return text.text.partition("\n")[0][:60]


@admin.register(models.ReturnReason)
class ReturnReasonAdmin(admin.ModelAdmin):
    list_display = ("code", "description", "default_location_code", "inventory_value_zero")
    search_fields = ("code", "description")


@admin.register(models.SalesComment)
class SalesCommentAdmin(ReadOnlyAdmin):
    """Written on the pages of the papers."""

    list_display = ("date", "kind", "number", "line_no", "text", "created_by")
    list_filter = ("kind",)
    search_fields = ("=number", "text")


class PostingJobInline(admin.TabularInline):
    model = models.PostingJob
    extra = 0
    can_delete = False
    fields = ("place", "document_type", "document_no", "status", "goods_no", "money_no", "ended_at")
    readonly_fields = fields

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(models.CancelledDocument)
class CancelledDocumentAdmin(ReadOnlyAdmin):
    list_display = ("kind", "cancelled_no", "cancelled_by_no", "created_at", "created_by")
    list_filter = ("kind",)
    search_fields = ("=cancelled_no", "=cancelled_by_no")


@admin.register(models.PostingRun)
class PostingRunAdmin(ReadOnlyAdmin):
    """Begun on the lists of documents; retried on its own page."""

    list_display = ("requested_at", "page", "requested_by", "ship", "invoice", "posting_date", "finished_at")
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "in_background")
    list_select_related = ("requested_by",)
    search_fields = ("=jobs__document_no",)
    date_hierarchy = "requested_at"
    inlines = (PostingJobInline,)

    @admin.display(description=_("page"))
    def page(self, run):
        return _link(reverse("sales:run", args=[run.uuid]))


def _link(address: str) -> str:
    return format_html('<a href="{}">{}</a>', address, _("Open the page"))
