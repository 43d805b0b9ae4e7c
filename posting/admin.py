"""The general ledger in the admin: set-up to edit, ledgers to read."""

from django.contrib import admin, messages
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import ValidationError
from django.db import router
from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _

from erp.kernel.admin import ReadOnlyAdmin
from erp.kernel.errors import ErpError
from posting import models
from posting.models.setup import GeneralPostingSetup, VATPostingSetup
from posting.routines.delete_account import delete_account
from posting.totaling import Totaling


class GLAccountForm(ModelForm):
    def clean_totaling(self) -> str:
        """The totaling as it will be read; one that cannot be is refused here."""
        try:
            return str(Totaling.parse(self.cleaned_data["totaling"]))
        except ErpError as error:
            raise ValidationError(error.message, code=error.code) from error


@admin.register(models.GLAccount)
class GLAccountAdmin(admin.ModelAdmin):
    form = GLAccountForm
    list_display = (
        "number",
        "indented_name",
        "type",
        "statement",
        "control",
        "direct_posting",
        "blocked",
        "totaling",
    )
    list_display_links = ("number", "indented_name")
    list_filter = ("type", "statement", "category", "control", "blocked", "direct_posting")
    search_fields = ("number", "name")
    list_per_page = 200

    @admin.display(description=_("name"), ordering="name")
    def indented_name(self, account):
        return "\u2003" * account.indentation + account.name

    def has_delete_permission(self, request, obj=None):
        """One at a time, on its own page, where the reason for a refusal can be told."""
        return obj is not None and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs, request):
        """Name what uses the account, entries by their number alone."""
        using = router.db_for_write(models.GLAccount)
        collector = NestedObjects(using=using, origin=objs)
        collector.collect(objs)
        protected = [f"{row._meta.verbose_name}: {row}" for row in list(collector.protected)[:20]]
        return collector.nested(str), {_("G/L accounts"): len(objs)}, set(), protected

    def delete_model(self, request, obj):
        try:
            delete_account(obj.number)
        except ErpError as error:
            messages.error(request, error.message)


class PostingGroupAdmin(admin.ModelAdmin):
    list_display = ("code", "description")
    search_fields = ("code", "description")


admin.site.register(models.VATBusinessGroup, PostingGroupAdmin)
admin.site.register(models.VATProductGroup, PostingGroupAdmin)
admin.site.register(models.VATClause, PostingGroupAdmin)


@admin.register(models.GeneralBusinessGroup)
class GeneralBusinessGroupAdmin(PostingGroupAdmin):
    list_display = ("code", "description", "default_vat_bus_posting_group")


@admin.register(models.GeneralProductGroup)
class GeneralProductGroupAdmin(PostingGroupAdmin):
    list_display = ("code", "description", "default_vat_prod_posting_group")


class MatrixAdmin(admin.ModelAdmin):
    """Accounts by business and product group."""

    list_select_related = True
    save_as = True

    def get_queryset(self, request):
        foreign = [field.name for field in self.model._meta.concrete_fields if field.is_relation]
        return super().get_queryset(request).select_related(*foreign)


@admin.register(GeneralPostingSetup)
class GeneralPostingSetupAdmin(MatrixAdmin):
    list_display = (
        "__str__",
        "sales_account",
        "sales_credit_memo_account",
        "cogs_account",
        "inventory_adjustment_account",
        "blocked",
    )
    list_filter = ("gen_bus_posting_group", "gen_prod_posting_group", "blocked")


@admin.register(VATPostingSetup)
class VATPostingSetupAdmin(MatrixAdmin):
    list_display = (
        "__str__",
        "calculation_type",
        "vat_percent",
        "vat_identifier",
        "sales_vat_account",
        "purchase_vat_account",
        "tax_category",
        "blocked",
    )
    list_filter = ("vat_bus_posting_group", "vat_prod_posting_group", "calculation_type", "blocked")


@admin.register(models.GeneralLedgerSetup)
class GeneralLedgerSetupAdmin(admin.ModelAdmin):
    list_display = ("__str__", "lcy_code", "allow_posting_from", "allow_posting_to")

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not models.GeneralLedgerSetup.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(models.Country)
class CountryAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "address_format")
    list_filter = ("address_format",)
    search_fields = ("code", "name")
    readonly_fields = ("uuid",)


class ExchangeRateInline(admin.TabularInline):
    model = models.ExchangeRate
    extra = 0


@admin.register(models.Currency)
class CurrencyAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "symbol", "amount_rounding_precision", "invoice_rounding_precision")
    search_fields = ("code", "name")
    inlines = (ExchangeRateInline,)


@admin.register(models.ExchangeRate)
class ExchangeRateAdmin(admin.ModelAdmin):
    list_display = ("currency", "starting_date", "exchange_amount", "relational_amount", "source")
    list_filter = ("currency",)
    date_hierarchy = "starting_date"
    list_select_related = ("currency",)


@admin.register(models.AccountingPeriod)
class AccountingPeriodAdmin(admin.ModelAdmin):
    """Closing is a routine of its own: what is closed stays as it is."""

    list_display = ("starting_date", "name", "new_fiscal_year", "closed", "date_locked")
    list_filter = ("new_fiscal_year", "closed")
    readonly_fields = ("closed", "date_locked")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.date_locked)

    def has_delete_permission(self, request, obj=None):
        return obj is not None and not obj.date_locked and super().has_delete_permission(request, obj)


@admin.register(models.UserPostingDates)
class UserPostingDatesAdmin(admin.ModelAdmin):
    list_display = ("user", "allow_posting_from", "allow_posting_to")
    list_select_related = ("user",)
    search_fields = ("user__username",)


class LedgerAdmin(ReadOnlyAdmin):
    """Entries by number, the newest first; counted only as far as the page needs it."""

    show_full_result_count = False
    list_per_page = 100


@admin.register(models.Register)
class RegisterAdmin(LedgerAdmin):
    list_display = (
        "register_no",
        "created_at",
        "created_by",
        "source_code",
        "journal_batch",
        "from_gl_entry_no",
        "to_gl_entry_no",
        "from_vat_entry_no",
        "to_vat_entry_no",
        "reverses_id",
    )
    list_filter = ("source_code", "created_at")
    search_fields = ("=register_no", "created_by", "journal_batch")


@admin.register(models.Seal)
class SealAdmin(LedgerAdmin):
    list_display = ("register_no", "version", "rows", "seal")
    search_fields = ("=register_no", "=seal")


@admin.register(models.GLEntry)
class GLEntryAdmin(LedgerAdmin):
    list_display = (
        "entry_no",
        "posting_date",
        "document_type",
        "document_no",
        "account",
        "description",
        "debit_amount",
        "credit_amount",
        "source_no",
        "transaction_no",
        "register_id",
    )
    ordering = ("-entry_no",)
    list_filter = ("posting_date", "document_type", "source_code", "closing", "prior_year")
    search_fields = ("=document_no", "=account__number", "=source_no", "=transaction_no")
    list_select_related = ("account",)


@admin.register(models.VATEntry)
class VATEntryAdmin(LedgerAdmin):
    list_display = (
        "entry_no",
        "vat_date",
        "type",
        "document_type",
        "document_no",
        "vat_identifier",
        "vat_percent",
        "base",
        "amount",
        "bill_to_no",
        "country_code",
        "transaction_no",
    )
    ordering = ("-entry_no",)
    list_filter = ("vat_date", "type", "vat_identifier", "calculation_type", "country_code")
    search_fields = ("=document_no", "=bill_to_no", "vat_registration_no", "=transaction_no")


@admin.register(models.GLBalance)
class GLBalanceAdmin(LedgerAdmin):
    list_display = ("account", "posting_date", "closing", "debit_amount", "credit_amount")
    ordering = ("account__number", "posting_date", "closing")
    list_filter = ("posting_date", "closing")
    search_fields = ("=account__number",)
    list_select_related = ("account",)
