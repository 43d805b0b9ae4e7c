"""Receivables in the admin: banks and set-up to edit, ledgers to read, open items within limits."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.validations import check_iban
from erp.kernel.admin import Confidential, ReadOnlyAdmin
from receivables import models
from receivables.models.entries import (
    BankLedgerEntry,
    CustomerBalance,
    CustomerLedgerEntry,
    DetailedCustomerLedgerEntry,
    OpenItem,
)
from receivables.routines.edit_open_item import EDITABLE, check_changes, edit_open_item


@admin.register(models.BankAccountPostingGroup)
class BankAccountPostingGroupAdmin(admin.ModelAdmin):
    list_display = ("code", "gl_account")
    list_select_related = ("gl_account",)
    search_fields = ("code",)


class BankAccountForm(forms.ModelForm):
    class Meta:
        model = models.BankAccount
        fields = [
            field.name
            for field in models.BankAccount._meta.fields
            if field.editable and not field.primary_key
        ]

    def clean_iban(self):
        value = self.cleaned_data["iban"].strip().upper()
        for problem in check_iban(value):
            raise ValidationError(problem.message, code=problem.code)
        return value


@admin.register(models.BankAccount)
class BankAccountAdmin(admin.ModelAdmin):
    form = BankAccountForm
    list_display = ("number", "name", "iban", "currency", "posting_group", "blocked")
    list_filter = ("blocked", "currency")
    list_select_related = ("currency", "posting_group")
    search_fields = ("number", "name", "iban", "bank_account_no")
    readonly_fields = ("uuid",)


@admin.register(models.ReceivablesSetup)
class ReceivablesSetupAdmin(admin.ModelAdmin):
    def has_add_permission(self, request):
        return super().has_add_permission(request) and not models.ReceivablesSetup.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        super().save_model(request, obj, form, change)


class DetailInline(admin.TabularInline):
    """The movements of an entry."""

    model = DetailedCustomerLedgerEntry
    fk_name = "customer_entry"
    extra = 0
    fields = (
        "entry_no",
        "type",
        "posting_date",
        "document_no",
        "amount",
        "amount_lcy",
        "transaction_no",
        "reverses",
    )
    readonly_fields = fields
    ordering = ("entry_no",)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(CustomerLedgerEntry)
class CustomerLedgerEntryAdmin(Confidential, ReadOnlyAdmin):
    confidential = {"inventory.view_valueentry": ("profit_lcy",)}
    list_display = (
        "entry_no", "posting_date", "customer", "document_type", "document_no", "due_date", "currency_code", "amount",
        "remaining",
    )  # fmt: skip
    list_filter = ("document_type", "currency_code")
    list_select_related = ("customer", "open_item")
    search_fields = ("document_no", "external_document_no", "customer__number", "customer__name")
    date_hierarchy = "posting_date"
    ordering = ("-entry_no",)
    inlines = (DetailInline,)
    show_full_result_count = False

    @admin.display(description=_("remaining amount"))
    def remaining(self, entry):
        return entry.open_item.remaining_amount if hasattr(entry, "open_item") else 0


@admin.register(DetailedCustomerLedgerEntry)
class DetailedCustomerLedgerEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "entry_no", "posting_date", "customer", "type", "document_type", "document_no", "amount", "amount_lcy",
        "customer_entry_id", "application_no",
    )  # fmt: skip
    list_filter = ("type",)
    list_select_related = ("customer",)
    search_fields = ("document_no", "customer__number")
    ordering = ("-entry_no",)
    show_full_result_count = False


@admin.register(BankLedgerEntry)
class BankLedgerEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "entry_no", "posting_date", "bank_account", "document_type", "document_no", "description", "currency_code",
        "amount", "amount_lcy",
    )  # fmt: skip
    list_filter = ("bank_account",)
    list_select_related = ("bank_account",)
    search_fields = ("document_no", "external_document_no", "description")
    ordering = ("-entry_no",)


@admin.register(CustomerBalance)
class CustomerBalanceAdmin(ReadOnlyAdmin):
    list_display = ("customer", "currency_code", "amount", "amount_lcy")
    list_select_related = ("customer",)
    search_fields = ("customer__number", "customer__name")


class OpenItemForm(forms.ModelForm):
    """What may be changed on an open item, by the rules of the routine."""

    class Meta:
        model = OpenItem
        fields = sorted(EDITABLE)

    def clean(self):
        values = super().clean()
        changes = {name: values[name] for name in self.changed_data if name in values}
        stored = OpenItem.objects.get(pk=self.instance.pk)
        for problem in check_changes(stored, changes):
            self.add_error(problem.field, ValidationError(problem.message, code=problem.code))
        return values


@admin.register(OpenItem)
class OpenItemAdmin(admin.ModelAdmin):
    form = OpenItemForm
    list_display = (
        "entry", "customer", "due_date", "currency_code", "remaining_amount", "payment_discount_date",
        "remaining_payment_discount", "on_hold", "applies_to_id",
    )  # fmt: skip
    list_filter = ("on_hold", "currency_code")
    list_select_related = ("entry", "customer")
    search_fields = ("entry__document_no", "customer__number", "customer__name")
    readonly_fields = ("entry", "customer", "currency_code", "remaining_amount", "remaining_amount_lcy")
    fields = (*readonly_fields, *sorted(EDITABLE))
    date_hierarchy = "due_date"

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        edit_open_item(obj.pk, by=request.user, at=timezone.now(), **changes)
