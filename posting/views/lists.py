"""The general ledger as lists: accounts, G/L entries, VAT entries, registers."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.kernel.listing import Column, Facts, Kind, Link, Listing, View
from erp.kernel.views import may
from erp.kernel.views.listing import show_list
from posting import selectors
from posting.models import GLAccount

GL = "posting.view_glentry"


@may("posting.view_glaccount")
def account_list(request: HttpRequest) -> HttpResponseBase:
    """The chart of accounts."""
    return show_list(request, ACCOUNTS)


@may(GL)
def gl_entry_list(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, GL_ENTRIES)


@may("posting.view_vatentry")
def vat_entry_list(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, VAT_ENTRIES)


@may("posting.view_register")
def register_list(request: HttpRequest) -> HttpResponseBase:
    """Posting runs, the latest first."""
    return show_list(request, REGISTERS)


def _fill_accounts(accounts: Sequence[GLAccount], facts: Facts, names: frozenset[str]) -> None:
    """What each account, or total of accounts, comes to today."""
    closings = {row.number: row.closing for row in selectors.trial_balance()}
    for account in accounts:
        has_balance = account.type not in (GLAccount.Type.HEADING, GLAccount.Type.BEGIN_TOTAL)
        account.balance = closings.get(account.number) if has_balance else None


ACCOUNTS = Listing(
    key="posting.account",
    title=_("Chart of accounts"),
    rows=lambda facts: GLAccount.objects.all(),
    columns=[
        Column("number", _("No."), Kind.CODE, "number", indexed=True, phone=True),
        Column(
            "name", _("Name"), expression="name", phone=True, stretch=True, template="posting/_list_name.html"
        ),
        Column("statement", _("Income/balance"), Kind.CHOICE, "statement"),
        Column("category", _("Category"), Kind.CHOICE, "category"),
        Column("type", _("Account type"), Kind.CHOICE, "type"),
        Column("totaling", _("Totaling"), Kind.CODE, "totaling", shown=False),
        Column("control", _("Control account of"), Kind.CHOICE, "control"),
        Column("direct", _("Direct posting"), Kind.YES_NO, "direct_posting"),
        Column("blocked", _("Blocked"), Kind.YES_NO, "blocked", shown=False),
        Column(
            "balance",
            _("Balance"),
            Kind.AMOUNT,
            value=lambda account: account.balance,
            fills="balance",
            permission=GL,
            phone=True,
        ),
    ],
    views=[
        View("all", _("All")),
        View("posting", _("Posting accounts"), lambda rows, facts: rows.filter(type=GLAccount.Type.POSTING)),
        View("balance", _("Balance sheet"), lambda rows, facts: rows.filter(statement="balance")),
        View("income", _("Income statement"), lambda rows, facts: rows.filter(statement="income")),
    ],
    default_sort=("number",),
    newest_first=False,
    search=lambda rows, text, facts: rows.filter(Q(number__istartswith=text) | Q(name__icontains=text)),
    search_hint=_("Number, name"),
    row_url=lambda account: reverse("posting:account", args=[account.number]),
    opens=(GL, "posting.view_glaccount"),
    fill=_fill_accounts,
    links=[
        Link(_("Trial balance"), lambda facts: reverse("posting:trial-balance"), (GL,)),
        Link(
            _("New"),
            lambda facts: reverse("admin:posting_glaccount_add"),
            ("posting.add_glaccount",),
            staff=True,
            primary=True,
            key="Alt+N",
        ),
    ],
    empty=_("The accounts of the general ledger will be listed here."),
)


def _document(row) -> str:
    return reverse("entries", args=[row.document_no])


def _find_document(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    exact = rows.filter(document_no__in=list(dict.fromkeys((text, text.upper()))))
    return exact if exact.exists() else rows.filter(document_no__startswith=text.upper())


GL_ENTRIES = Listing(
    key="posting.gl-entry",
    title=_("G/L entries"),
    rows=lambda facts: selectors.gl_entries(),
    columns=[
        Column("entry", _("Entry no."), Kind.NUMBER, "entry_no", indexed=True),
        Column("posting_date", _("Posting date"), Kind.DAY, "posting_date", indexed=True, phone=True),
        Column("type", _("Document type"), Kind.CHOICE, "document_type", shown=False),
        Column(
            "document", _("Document no."), Kind.CODE, "document_no", indexed=True, phone=True, url=_document
        ),
        Column(
            "account",
            _("Account"),
            Kind.CODE,
            "account__number",
            phone=True,
            url=lambda entry: reverse("posting:account", args=[entry.account.number]),
        ),
        Column("account_name", _("Account name"), expression="account__name", stretch=True),
        Column("description", _("Description"), expression="description"),
        Column("vat_date", _("VAT date"), Kind.DAY, "vat_date", shown=False),
        Column("document_date", _("Document date"), Kind.DAY, "document_date", shown=False),
        Column("external", _("External no."), Kind.CODE, "external_document_no", shown=False),
        Column("source_type", _("Source type"), Kind.CHOICE, "source_type", shown=False),
        Column("source", _("Source no."), Kind.CODE, "source_no", shown=False),
        Column("source_code", _("Source code"), Kind.CODE, "source_code", shown=False),
        Column("register", _("Register"), Kind.NUMBER, "register_id", shown=False),
        Column("transaction", _("Transaction no."), Kind.NUMBER, "transaction_no", indexed=True, shown=False),
        Column(
            "debit",
            _("Debit"),
            Kind.AMOUNT,
            lambda facts: selectors.debit_expression(),
            value=lambda entry: entry.debit_amount,
            total=True,
            blank_zero=True,
        ),
        Column(
            "credit",
            _("Credit"),
            Kind.AMOUNT,
            lambda facts: selectors.credit_expression(),
            value=lambda entry: entry.credit_amount,
            total=True,
            blank_zero=True,
        ),
        Column("amount", _("Amount"), Kind.AMOUNT, "amount", total=True, phone=True),
    ],
    search=_find_document,
    search_hint=_("Document no."),
    row_url=_document,
    empty=_("What is posted to the general ledger is listed here, the latest first."),
)
VAT_ENTRIES = Listing(
    key="posting.vat-entry",
    title=_("VAT entries"),
    rows=lambda facts: selectors.vat_entries(),
    columns=[
        Column("entry", _("Entry no."), Kind.NUMBER, "entry_no", indexed=True),
        Column("posting_date", _("Posting date"), Kind.DAY, "posting_date", indexed=True, phone=True),
        Column("vat_date", _("VAT date"), Kind.DAY, "vat_date", indexed=True),
        Column("document_type", _("Document type"), Kind.CHOICE, "document_type", shown=False),
        Column(
            "document", _("Document no."), Kind.CODE, "document_no", indexed=True, phone=True, url=_document
        ),
        Column("type", _("Type"), Kind.CHOICE, "type"),
        Column("identifier", _("VAT identifier"), Kind.CODE, "vat_identifier", stretch=True),
        Column("percent", _("VAT %"), Kind.PERCENT, "vat_percent"),
        Column("country", _("Country"), Kind.CODE, "country_code"),
        Column("vat_no", _("VAT registration no."), Kind.CODE, "vat_registration_no"),
        Column("partner", _("Bill-to/pay-to no."), Kind.CODE, "bill_to_no", shown=False),
        Column("business_group", _("VAT bus. group"), Kind.CODE, "vat_bus_posting_group", shown=False),
        Column("product_group", _("VAT prod. group"), Kind.CODE, "vat_prod_posting_group", shown=False),
        Column("transaction", _("Transaction no."), Kind.NUMBER, "transaction_no", indexed=True, shown=False),
        Column("base", _("Base"), Kind.AMOUNT, "base", total=True),
        Column("amount", _("Amount"), Kind.AMOUNT, "amount", total=True, phone=True),
    ],
    search=_find_document,
    search_hint=_("Document no."),
    row_url=_document,
    empty=_("The VAT of everything posted is listed here, the latest first."),
)


def _span(name: str):
    """The numbers of the first and the last entry that a register wrote in one ledger."""

    def shown(register) -> str:
        first, last = getattr(register, f"from_{name}_no"), getattr(register, f"to_{name}_no")
        return f"{first}–{last}" if first else ""

    return shown


REGISTERS = Listing(
    key="posting.register",
    title=_("Registers"),
    note=_("Every posting run with the entries that it wrote."),
    rows=lambda facts: selectors.registers(),
    columns=[
        Column("number", _("No."), Kind.NUMBER, "register_no", indexed=True, phone=True),
        Column("created_at", _("When"), Kind.MOMENT, "created_at", phone=True),
        Column("created_by", _("User"), Kind.CODE, "created_by", phone=True, token="user"),
        Column("source", _("Source"), Kind.CODE, "source_code", phone=True, stretch=True),
        Column("batch", _("Journal batch"), Kind.CODE, "journal_batch"),
        Column("reverses", _("Reverses"), Kind.NUMBER, "reverses_id"),
        Column("gl", _("G/L entries"), value=_span("gl_entry")),
        Column("vat", _("VAT entries"), value=_span("vat_entry")),
        Column("item", _("Item entries"), value=_span("item_entry")),
        Column("values", _("Value entries"), value=_span("value_entry")),
    ],
    row_url=lambda register: reverse("posting:register", args=[register.register_no]),
    opens=(GL, "posting.view_vatentry"),
    empty=_("Nothing is posted yet."),
)
