"""Reading and locking what an application may touch: a constant number of queries, however many entries."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from customers.models import CustomerPostingGroup
from erp.kernel.errors import Problem
from posting.currency import factors_on
from posting.models import Currency
from posting.models.entries import VATEntry
from posting.setup_values import PostingSetup
from receivables import errors
from receivables.models import ReceivablesSetup
from receivables.models.entries import CustomerLedgerEntry, DetailedCustomerLedgerEntry, OpenItem
from receivables.plans.entry import group_accounts
from receivables.plans.values import (
    ApplyRequest,
    CurrencyRules,
    GroupAccounts,
    OpenItems,
    OpenItemState,
    Rules,
    VATShare,
)

UNREALIZED = (
    DetailedCustomerLedgerEntry.Type.UNREALIZED_GAIN,
    DetailedCustomerLedgerEntry.Type.UNREALIZED_LOSS,
)
ACCOUNTS = (
    "sales_payment_discount_debit_account",
    "sales_payment_discount_credit_account",
    "sales_payment_tolerance_debit_account",
    "sales_payment_tolerance_credit_account",
)


def load_rules(setup: PostingSetup) -> Rules:
    """What the set-up says about applications. Two queries."""
    between = (
        ReceivablesSetup.objects.filter(pk=1).values_list("application_between_currencies", flat=True).first()
    )
    gl = setup.gl
    tolerance = gl.TolerancePosting.DISCOUNT
    local = CurrencyRules(
        precision=gl.amount_rounding_precision,
        application_rounding=gl.application_rounding_precision,
        tolerance_percent=gl.payment_tolerance_percent,
        tolerance_cap=gl.max_payment_tolerance_amount,
    )
    return Rules(
        currencies={"": local, **{currency.code: _currency(currency) for currency in Currency.objects.all()}},
        adjust_for_discount=gl.adjust_for_payment_discount and not gl.payment_discount_excl_vat,
        grace_period=gl.payment_discount_grace_period,
        tolerance_to_discount=gl.payment_tolerance_posting == tolerance,
        late_to_discount=gl.payment_discount_tolerance_posting == tolerance,
        late_when_full=gl.grant_late_discount_on_full_payment,
        between_currencies=between == ReceivablesSetup.BetweenCurrencies.ALL,
    )


def load_open_items(
    customer_id: int,
    *,
    apply: ApplyRequest | None,
    on: date,
    setup: PostingSetup,
    currency_code: str = "",
    amount: Decimal | None = None,
    rules: Rules | None = None,
) -> OpenItems:
    """Lock and read the open items of a customer that an entry may settle.

    customer_id  the bill-to customer, whose row the caller has locked
    apply        None reads nothing but the rules
    on           posting date of the applying entry: the rates between currencies are those of this day
    amount       of the applying entry; oldest first then reads the other sign only
    rules        spares two queries where a run posts many entries

    What the request names and is not open becomes a problem of the result: E-AP-NOTOPEN, E-AP-OTHERCUST.
    """
    rules = rules or load_rules(setup)
    if apply is None:
        return OpenItems((), rules)
    rows = OpenItem.objects.filter(customer_id=customer_id)
    numbers = [key for key, _amount in apply.entries if isinstance(key, int)]
    if apply.entries:
        rows = rows.filter(entry_id__in=numbers)
    elif apply.is_oldest:
        rows = rows.filter(applies_to_id="", entry__posting_date__lte=on)
        if amount is not None:
            rows = rows.filter(positive=amount < 0)
    elif apply.applies_to_id:
        rows = rows.filter(applies_to_id=apply.applies_to_id)
    else:
        rows = rows.filter(entry__document_type=apply.document_type, entry__document_no=apply.document_no)
    items = load_items(rows, setup=setup, adjust=rules.adjust_for_discount)
    problems: list[Problem] = []
    if apply.entries:
        missing = set(numbers) - {item.key for item in items}
        problems = _absent(CustomerLedgerEntry.objects.filter(pk__in=missing), missing, customer_id)
    elif apply.document_no and not items:
        named = CustomerLedgerEntry.objects.filter(
            document_type=apply.document_type, document_no=apply.document_no
        )
        name = errors.entry_name(apply.document_type, apply.document_no)
        problems = _absent(named, {name}, customer_id)
    return OpenItems(items, _with_rates(rules, items, currency_code, on), problems)


def load_items(rows: QuerySet[OpenItem], *, setup: PostingSetup, adjust: bool = False) -> list[OpenItemState]:
    """Lock open items in the order of their numbers and read them as values.

    adjust  read the VAT of their documents too, for discounts that lower it
    """
    rows = rows.select_for_update(of=("self",), no_key=True).order_by("entry_id")
    found = list(
        rows.values_list(
            "entry_id", "customer_id", "customer__number", "entry__document_type", "entry__document_no",
            "entry__posting_date", "due_date", "entry__customer_posting_group_id", "entry__amount",
            "entry__amount_lcy", "remaining_amount", "remaining_amount_lcy", "currency_code",
            "entry__original_currency_factor", "adjusted_currency_factor", "payment_discount_date",
            "payment_discount_tolerance_date", "remaining_payment_discount", "max_payment_tolerance",
            "on_hold", "applies_to_id", "amount_to_apply", "last_issued_reminder_level", "entry__transaction_no",
        )
    )  # fmt: skip
    groups = load_groups({row[7] for row in found})
    foreign = [row[0] for row in found if row[12]]
    unrealized = _unrealized(foreign) if foreign else {}
    items = [
        OpenItemState(
            *row[:7], groups[row[7]], *row[8:17], *row[17:19], unrealized.get(row[0], Decimal(0)), *row[19:]
        )
        for row in found
    ]
    return _with_vat(items, setup) if adjust else items


def load_item(entry_no: int, *, setup: PostingSetup) -> OpenItemState | None:
    """Lock and read one open item; None where nothing is left of the entry."""
    return next(iter(load_items(OpenItem.objects.filter(pk=entry_no), setup=setup)), None)


def load_groups(ids: Iterable[int]) -> dict[int, GroupAccounts]:
    """Customer posting groups as values, by id. One query, none without ids."""
    ids = set(ids)
    rows = CustomerPostingGroup.objects.filter(pk__in=ids) if ids else ()
    return {group.pk: group_accounts(group) for group in rows}


def _currency(currency: Currency) -> CurrencyRules:
    return CurrencyRules(
        code=currency.code,
        precision=currency.amount_rounding_precision,
        application_rounding=currency.application_rounding_precision,
        tolerance_percent=currency.payment_tolerance_percent,
        tolerance_cap=currency.max_payment_tolerance_amount,
        realized_gains=currency.realized_gains_account_id,
        realized_losses=currency.realized_losses_account_id,
        unrealized_gains=currency.unrealized_gains_account_id,
        unrealized_losses=currency.unrealized_losses_account_id,
    )


def _with_rates(rules: Rules, items: Iterable[OpenItemState], currency_code: str, on: date) -> Rules:
    """The rates of the day, where more than one currency meets and may; raises E-CX-RATE."""
    codes = {currency_code, *(item.currency_code for item in items)}
    if len(codes) == 1 or not rules.between_currencies:
        return rules
    return replace(rules, rates=factors_on(codes, on))


def _unrealized(entry_nos: list[int]) -> dict[int, Decimal]:
    rows = DetailedCustomerLedgerEntry.objects.filter(customer_entry_id__in=entry_nos, type__in=UNREALIZED)
    return dict(rows.order_by().values_list("customer_entry_id").annotate(Sum("amount_lcy")))


def _with_vat(items: list[OpenItemState], setup: PostingSetup) -> list[OpenItemState]:
    """Add the VAT entries of the documents on which something may be deducted."""
    wanted = {item.transaction_no for item in items if item.discount or item.max_tolerance}
    if not wanted:
        return items
    shares: dict[tuple[int, str], list[VATShare]] = {}
    rows = VATEntry.objects.filter(transaction_no__in=wanted, type="sale", reversals=None).order_by(
        "entry_no"
    )
    columns = (
        "base", "amount", "vat_percent", "vat_identifier", "calculation_type", "vat_account_id",
        "vat_bus_posting_group", "vat_prod_posting_group", "gen_bus_posting_group", "gen_prod_posting_group",
        "tax_category", "bill_to_no", "country_code", "vat_registration_no", "eu_3_party_trade", "eu_service",
    )  # fmt: skip
    for transaction_no, document_no, *values in rows.values_list("transaction_no", "document_no", *columns):
        share = VATShare(*values)
        tax = setup.vat_rows.get((share.vat_bus, share.vat_prod))
        general = setup.general_rows.get((share.gen_bus, share.gen_prod))
        shares.setdefault((transaction_no, document_no), []).append(
            share._replace(
                adjusts=tax is not None and tax.adjust_for_payment_discount,
                accounts=tuple(general.accounts.get(name) if general else None for name in ACCOUNTS),
            )
        )
    return [
        replace(item, vat=tuple(shares.get((item.transaction_no, item.document_no), ())))
        if item.transaction_no in wanted
        else item
        for item in items
    ]


def _absent(entries: QuerySet[CustomerLedgerEntry], names: Iterable, customer_id: int) -> list[Problem]:
    """Why entries that were asked for are not among the open items of the customer."""
    if not names:
        return []
    others = entries.exclude(customer_id=customer_id).select_related("customer").order_by("entry_no")
    found = [
        errors.OtherCustomer(
            entry=errors.entry_name(entry.document_type, entry.document_no, entry.pk),
            customer=entry.customer.number,
        )
        for entry in others
    ]
    seen = {entry.pk for entry in others}
    own = {
        entry.pk: errors.entry_name(entry.document_type, entry.document_no, entry.pk)
        for entry in entries.filter(customer_id=customer_id).order_by("entry_no")
    }
    if found and not own:
        names = [name for name in names if isinstance(name, int) and name not in seen]
    for name in names:
        if name not in seen:
            text = own.get(name) or (name if isinstance(name, str) else errors.entry_name("", "", name))
            found.append(errors.NotOpen(entry=text))
    return [error.as_problem(field="apply") for error in found]
