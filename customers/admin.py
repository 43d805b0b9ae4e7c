"""Customers in the admin: the card, templates, and the tables behind them."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import models
from customers.forms import CustomerForm, ShipToForm
from customers.registry import deletion_problems
from customers.rights import closed_fields
from customers.routines.delete import delete_customer
from customers.routines.save_as_template import save_as_template
from customers.selectors import same_vat_number
from erp.kernel.admin import Confidential
from erp.kernel.errors import ErpError


class ShipToInline(admin.StackedInline):
    model = models.ShipToAddress
    form = ShipToForm
    extra = 0
    classes = ("collapse",)


@admin.register(models.Customer)
class CustomerAdmin(Confidential, admin.ModelAdmin):
    """The customer card."""

    confidential = {"receivables.view_customerbalance": ("credit_limit",)}

    form = CustomerForm
    list_display = (
        "number",
        "name",
        "city",
        "country_code",
        "customer_posting_group",
        "credit_limit",
        "blocked",
    )
    list_display_links = ("number", "name")
    list_filter = ("blocked", "privacy_blocked", "customer_posting_group", "country_code", "salesperson")
    list_select_related = ("customer_posting_group",)
    search_fields = ("number", "name", "search_name", "city", "phone_no", "post_code", "vat_registration_no")
    autocomplete_fields = ("bill_to_customer",)
    readonly_fields = ("uuid", "modified_at")
    inlines = (ShipToInline,)
    actions = ("make_template",)
    fieldsets = (
        (None, {"fields": ("number", "name", "name_2", "search_name", "blocked", "privacy_blocked", "salesperson",
                           "responsibility_center", "credit_limit", "disable_search_by_name")}),
        (_("Address and contact"), {"fields": ("address", "address_2", "post_code", "city", "county", "country_code",
                                               "contact", "phone_no", "mobile_phone_no", "email", "home_page",
                                               "language_code")}),
        (_("Invoicing"), {"fields": ("bill_to_customer", "vat_registration_no", "registration_no", "eori_no", "gln",
                                     "gen_bus_posting_group", "vat_bus_posting_group", "customer_posting_group",
                                     "allow_multiple_posting_groups", "currency", "price_group_code",
                                     "discount_group_code", "invoice_discount_code", "prices_including_vat",
                                     "allow_line_discount", "prepayment_percent")}),
        (_("Payments"), {"fields": ("payment_terms", "payment_method", "application_method", "partner_type",
                                    "print_statements", "block_payment_tolerance")}),
        (_("Shipping"), {"fields": ("ship_to_code", "location_code", "shipment_method", "shipping_agent",
                                    "shipping_agent_service", "shipping_time", "base_calendar",
                                    "shipping_advice", "combine_shipments", "reserve", "modified_at", "uuid")}),
    )  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), *sorted(closed_fields(request.user)))

    def save_model(self, request, obj, form, change):
        form.draw_number(on=timezone.localdate())
        super().save_model(request, obj, form, change)
        for warning in same_vat_number(obj):
            messages.warning(request, warning.message)

    def has_delete_permission(self, request, obj=None):
        """One at a time, on the card, where the reason for a refusal can be told."""
        return obj is not None and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs, request):
        deletable, counts, missing, protected = super().get_deleted_objects(objs, request)
        on = timezone.localdate()
        reasons = [problem.message for customer in objs for problem in deletion_problems(customer, on=on)]
        if reasons:
            return deletable, counts, set(), reasons
        return deletable, counts, missing, protected

    def delete_model(self, request, obj):
        try:
            delete_customer(obj, on=timezone.localdate())
        except ErpError as error:
            messages.error(request, error.message)

    def has_template_permission(self, request) -> bool:
        return request.user.has_perm("customers.add_customertemplate")

    @admin.action(description=_("Save as template"), permissions=["template"])
    def make_template(self, request, queryset):
        for customer in queryset:
            template = save_as_template(customer, description=customer.name)
            message = _("Template {code} made of {customer}.").format(code=template.code, customer=customer)
            messages.success(request, message)


@admin.register(models.CustomerTemplate)
class CustomerTemplateAdmin(admin.ModelAdmin):
    list_display = ("code", "description", "customer_posting_group", "payment_terms", "number_series")
    list_select_related = ("customer_posting_group", "payment_terms")
    search_fields = ("code", "description")


@admin.register(models.CustomerPostingGroup)
class CustomerPostingGroupAdmin(admin.ModelAdmin):
    list_display = ("code", "description", "receivables_account")
    list_select_related = ("receivables_account",)
    search_fields = ("code", "description")


@admin.register(models.PaymentTerms)
class PaymentTermsAdmin(admin.ModelAdmin):
    list_display = (
        "code",
        "description",
        "due_date_calculation",
        "discount_date_calculation",
        "discount_percent",
    )
    search_fields = ("code", "description")
    readonly_fields = ("uuid",)


@admin.register(models.PaymentMethod)
class PaymentMethodAdmin(admin.ModelAdmin):
    list_display = ("code", "description", "balancing_account_type", "balancing_account_no")
    search_fields = ("code", "description")
    readonly_fields = ("uuid",)


@admin.register(models.ShipmentMethod)
class ShipmentMethodAdmin(admin.ModelAdmin):
    list_display = ("code", "description")
    search_fields = ("code", "description")
    readonly_fields = ("uuid",)


class ShippingAgentServiceInline(admin.TabularInline):
    model = models.ShippingAgentService
    extra = 0


@admin.register(models.ShippingAgent)
class ShippingAgentAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "tracking_url")
    search_fields = ("code", "name")
    inlines = (ShippingAgentServiceInline,)


@admin.register(models.Salesperson)
class SalespersonAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "email", "commission_percent", "blocked")
    list_filter = ("blocked",)
    search_fields = ("code", "name")


@admin.register(models.ResponsibilityCenter)
class ResponsibilityCenterAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "location_code")
    search_fields = ("code", "name")


@admin.register(models.VATNumberFormat)
class VATNumberFormatAdmin(admin.ModelAdmin):
    list_display = ("country_code", "format")
    list_filter = ("country_code",)
    search_fields = ("country_code", "format")
