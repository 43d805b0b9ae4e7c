"""The stock room in the admin: items, places and set-up to edit, ledgers to read."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.kernel.admin import Confidential, ReadOnlyAdmin
from erp.kernel.errors import ErpError
from erp.kernel.numbering import number_for
from inventory import models
from inventory.card_form import COST as COST_OF_ITEMS
from inventory.checks import check_delete, check_location_delete
from inventory.forms import ItemForm, ItemUnitFormSet
from inventory.ledger import StockSetup
from inventory.routines.change_item import relate
from inventory.routines.change_setup import change_setup
from inventory.routines.delete_item import delete_item

SEES_COST = "inventory.view_valueentry"


class ItemUnitInline(admin.TabularInline):
    model = models.ItemUnit
    formset = ItemUnitFormSet
    extra = 0


class ItemVariantInline(admin.TabularInline):
    model = models.ItemVariant
    extra = 0


class ItemReferenceInline(admin.TabularInline):
    model = models.ItemReference
    extra = 0


class AskBeforeDeleting(admin.ModelAdmin):
    """Deletes one at a time, on the record's own page, where the reason for a refusal can be told."""

    def reasons(self, obj) -> list:
        raise NotImplementedError

    def has_delete_permission(self, request, obj=None):
        return obj is not None and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs, request):
        deletable, counts, missing, protected = super().get_deleted_objects(objs, request)
        return (
            deletable,
            counts,
            missing,
            [*protected, *(p.message for obj in objs for p in self.reasons(obj))],
        )


@admin.register(models.Item)
class ItemAdmin(Confidential, AskBeforeDeleting):
    confidential = {SEES_COST: (*COST_OF_ITEMS, "last_direct_cost", "cost_is_adjusted")}
    form = ItemForm
    list_display = (
        "number",
        "description",
        "type",
        "base_unit",
        "unit_price",
        "unit_cost",
        "costing_method",
        "blocked",
    )
    list_display_links = ("number", "description")
    list_filter = ("type", "costing_method", "blocked", "inventory_posting_group", "category_code")
    list_select_related = ("base_unit",)
    search_fields = ("number", "description", "search_description", "gtin", "references__reference_no")
    readonly_fields = ("uuid", "last_direct_cost", "cost_is_adjusted", "modified_at")
    inlines = (ItemUnitInline, ItemVariantInline, ItemReferenceInline)
    fieldsets = (
        (None, {"fields": ("number", "number_2", "description", "description_2", "search_description", "type",
                           "base_unit", "sales_unit", "purchase_unit", "gtin", "category_code")}),
        (_("Blocking"), {"fields": ("blocked", "block_reason", "sales_blocked", "purchasing_blocked",
                                    "variant_mandatory")}),
        (_("Stock"), {"fields": ("shelf_no", "stockout_warning", "prevent_negative_inventory", "reserve")}),
        (_("Prices"), {"fields": ("unit_price", "price_includes_vat", "vat_bus_posting_group_price",
                                  "price_profit_calculation", "profit_percent", "allow_invoice_discount",
                                  "discount_group_code")}),
        (_("Costs and posting"), {"fields": ("costing_method", "unit_cost", "standard_cost", "last_direct_cost",
                                             "indirect_cost_percent", "overhead_rate", "cost_is_adjusted",
                                             "inventory_value_zero", "gen_prod_posting_group",
                                             "vat_prod_posting_group", "inventory_posting_group")}),
        (_("Logistics"), {"fields": ("gross_weight", "net_weight", "unit_volume", "units_per_parcel", "tariff_no",
                                     "country_of_origin_code", "modified_at", "uuid")}),
    )  # fmt: skip

    def reasons(self, obj) -> list:
        return check_delete(obj)

    def save_model(self, request, obj, form, change):
        """As the routines do: a number from the series, the standard as unit cost, price and profit in line."""
        setup = StockSetup.load()
        if not change and setup.rules.item_number_series:
            obj.number = number_for(setup.rules.item_number_series, typed=obj.number, on=timezone.localdate())
        if obj.costing_method == models.CostingMethod.STANDARD:
            obj.unit_cost = obj.standard_cost
        relate(obj, setup=setup)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.units.get_or_create(unit=form.instance.base_unit, defaults={"per_unit": 1})

    def delete_model(self, request, obj):
        try:
            delete_item(obj, by=request.user)
        except ErpError as error:
            messages.error(request, error.message)


@admin.register(models.Location)
class LocationAdmin(AskBeforeDeleting):
    list_display = ("code", "name", "city", "country_code", "use_as_in_transit")
    list_filter = ("use_as_in_transit",)
    search_fields = ("code", "name")
    readonly_fields = ("uuid",)

    def get_readonly_fields(self, request, obj=None):
        """Ledgers know a location by its code, so it stays."""
        return (*self.readonly_fields, "code") if obj else self.readonly_fields

    def reasons(self, obj) -> list:
        return check_location_delete(obj)

    def delete_model(self, request, obj):
        if self.reasons(obj):
            raise PermissionDenied
        super().delete_model(request, obj)


@admin.register(models.UnitOfMeasure)
class UnitOfMeasureAdmin(admin.ModelAdmin):
    list_display = ("code", "description", "iso_code")
    search_fields = ("code", "description")
    readonly_fields = ("uuid",)


@admin.register(models.InventorySetup)
class InventorySetupAdmin(admin.ModelAdmin):
    list_display = ("__str__", "automatic_cost_posting", "expected_cost_posting", "automatic_cost_adjustment")

    def has_add_permission(self, request):
        return not models.InventorySetup.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        """Through the routine: some rules post or flag what they change."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        change_setup(by=request.user, at=timezone.now(), **changes)
        obj.pk = 1


@admin.register(models.ItemCategory)
class ItemCategoryAdmin(admin.ModelAdmin):
    list_display = ("code", "description")
    search_fields = ("code", "description")


@admin.register(models.InventoryPostingGroup)
class InventoryPostingGroupAdmin(admin.ModelAdmin):
    list_display = ("code", "description")
    search_fields = ("code", "description")


@admin.register(models.InventoryPostingSetup)
class InventoryPostingSetupAdmin(admin.ModelAdmin):
    list_display = ("location", "inventory_posting_group", "inventory_account", "inventory_interim_account")
    list_select_related = (
        "location",
        "inventory_posting_group",
        "inventory_account",
        "inventory_interim_account",
    )
    autocomplete_fields = ("inventory_account", "inventory_interim_account")


@admin.register(models.Resource)
class ResourceAdmin(Confidential, admin.ModelAdmin):
    confidential = {SEES_COST: ("unit_cost",)}
    list_display = (
        "number",
        "name",
        "type",
        "base_unit",
        "unit_price",
        "unit_cost",
        "blocked",
        "privacy_blocked",
    )
    list_display_links = ("number", "name")
    list_filter = ("type", "blocked", "privacy_blocked")
    list_select_related = ("base_unit",)
    search_fields = ("number", "name")
    readonly_fields = ("uuid",)

    def get_readonly_fields(self, request, obj=None):
        """Lines and price lists know a resource by its number, so it stays."""
        return (*self.readonly_fields, "number") if obj else self.readonly_fields


@admin.register(models.ItemCharge)
class ItemChargeAdmin(admin.ModelAdmin):
    list_display = ("number", "description", "gen_prod_posting_group", "vat_prod_posting_group")
    list_display_links = ("number", "description")
    list_select_related = ("gen_prod_posting_group", "vat_prod_posting_group")
    search_fields = ("number", "description")
    readonly_fields = ("uuid",)

    def get_readonly_fields(self, request, obj=None):
        """Value entries know a charge by its number, so it stays."""
        return (*self.readonly_fields, "number") if obj else self.readonly_fields


@admin.register(models.ResourceLedgerEntry)
class ResourceLedgerEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "id", "posting_date", "document_type", "document_no", "resource", "description", "quantity", "unit_code",
        "total_cost", "total_price",
    )  # fmt: skip
    list_filter = ("document_type",)
    list_select_related = ("resource",)
    search_fields = ("=document_no", "=resource__number")
    date_hierarchy = "posting_date"
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(models.ItemLedgerEntry)
class ItemLedgerEntryAdmin(Confidential, ReadOnlyAdmin):
    confidential = {SEES_COST: ("unit_cost",)}
    list_display = (
        "entry_no", "posting_date", "entry_type", "document_type", "document_no", "item", "variant_code",
        "location_code", "quantity", "remaining",
    )  # fmt: skip
    list_filter = ("entry_type", "document_type", "location_code")
    list_select_related = ("item", "state")
    search_fields = ("=document_no", "=item__number", "=order_no")
    date_hierarchy = "posting_date"
    ordering = ("-entry_no",)
    show_full_result_count = False

    @admin.display(description=_("remaining quantity"))
    def remaining(self, entry):
        return entry.state.remaining_quantity


@admin.register(models.ValueEntry)
class ValueEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "entry_no", "item_entry_id", "posting_date", "valuation_date", "type", "item_entry_type", "document_no",
        "item", "cost_amount_actual", "cost_amount_expected", "sales_amount_actual", "item_charge_no", "adjustment",
    )  # fmt: skip
    list_filter = ("type", "item_entry_type", "adjustment")
    list_select_related = ("item",)
    search_fields = ("=document_no", "=item__number", "=item_entry__entry_no")
    date_hierarchy = "posting_date"
    ordering = ("-entry_no",)
    show_full_result_count = False


@admin.register(models.ItemApplicationEntry)
class ItemApplicationEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "entry_no", "item_entry_id", "inbound_entry_id", "outbound_entry_id", "transferred_from_id", "quantity",
        "posting_date", "cost_application",
    )  # fmt: skip
    search_fields = ("=inbound_entry__entry_no", "=outbound_entry__entry_no")
    ordering = ("-entry_no",)
    show_full_result_count = False


@admin.register(models.PhysicalInventoryEntry)
class PhysicalInventoryEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "posting_date", "document_no", "item", "variant_code", "location_code", "quantity_calculated",
        "quantity_counted", "difference", "amount", "created_by",
    )  # fmt: skip
    list_select_related = ("item",)
    search_fields = ("=document_no", "=item__number")
    date_hierarchy = "posting_date"


@admin.register(models.Stock)
class StockAdmin(Confidential, ReadOnlyAdmin):
    confidential = {SEES_COST: ("cost_amount_actual", "cost_amount_expected")}
    list_display = (
        "item", "variant_code", "location_code", "quantity", "invoiced_quantity", "cost_amount_actual",
        "cost_amount_expected",
    )  # fmt: skip
    list_filter = ("location_code",)
    list_select_related = ("item",)
    search_fields = ("item__number", "item__description")
