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


def _link(address: str) -> str:
    return format_html('<a href="{}">{}</a>', address, _("Open the page"))
