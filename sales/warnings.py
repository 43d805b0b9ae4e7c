"""Reading what warnings need. As many queries for a thousand lines as for one."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from customers.selectors import CreditSituation, credit_situation, credit_warnings
from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, ZERO, round_to
from inventory.availability import outlooks
from inventory.models import Item
from posting.models import GeneralPostingSetup
from sales.arithmetic.revenue import DiscountPosting
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice, SalesLine, SalesSetup, UserSalesSetup
from sales.plans import warnings as plan
from sales.plans.warnings import KINDS, StockItem, StockView
from sales.selectors import own_setup

Type, Credit = SalesDocument.Type, SalesSetup.CreditWarnings
# Who does not see what a customer owes is not warned of it either.
OF_MONEY = frozenset({plan.CREDIT, plan.OVERDUE})
SEES_MONEY = ("receivables.view_customerbalance", "receivables.view_openitem")


def warnings_of(
    document: SalesDocument,
    *,
    lines: Sequence[SalesLine],
    on: date,
    by,
    without: Collection[str] = (),
) -> list[Problem]:
    """What is worth knowing about a document, and stops nothing: `KINDS`, in their order.

    lines    all lines of the document, as they are stored
    on       the work date
    by       who looks: kinds that this user has hidden are left out; None sees all
    without  kinds that are left out as well

    W-CREDIT   the customer who pays owes, or is about to owe, more than the credit limit
    W-OVERDUE  entries of that customer were due before the work date
    W-STOCK    a line wants more than there will be on its day
    W-EXTDOC   the customer's number stands on another document, too
    W-PASTDATE goods should have left before the work date
    W-RESP     the customer belongs to another responsibility center
    W-DISC-ACC a discount would be posted to an account that is not named
    W-INVD-RESET  a line lost its share of the invoice discount, and nothing calculates it by itself
    """
    own = own_setup(by)
    shown = KINDS.keys() - set(own.hidden_warnings if own else ()) - set(without)
    setup = SalesSetup.objects.get()
    found: list[Problem] = _credit(document, lines, setup, shown, on=on)
    if plan.STOCK in shown:
        found += plan.warn_stock(stock_views(document, lines, setup=setup, on=on))
    if plan.EXTERNAL_NO in shown:
        found += plan.warn_external_no(document, _same_external_no(document))
    if plan.PAST_DATE in shown:
        found += plan.warn_past_date(document, lines, on=on)
    if plan.CENTER in shown:
        found += _center(document, own)
    if plan.DISCOUNT_ACCOUNT in shown:
        found += _discount_accounts(document, lines, setup)
    if plan.DISCOUNT_LOST in shown and not setup.calc_invoice_discount:
        found += plan.warn_discount_lost(lines)
    return found


def kept_from(user) -> Collection[str]:
    """The kinds of warnings that are not for a user's eyes; for `without`."""
    return () if user.has_perms(SEES_MONEY) else OF_MONEY


def hidden_by(user) -> list[str]:
    """The kinds of warnings that a user does not want to see."""
    own = own_setup(user)
    hidden = set(own.hidden_warnings) if own else set()
    return [code for code in KINDS if code in hidden]


def credit_of(
    document: SalesDocument, lines: Sequence[SalesLine], *, on: date
) -> tuple[CreditSituation, Decimal]:
    """The credit of the customer who pays, and what this document adds to it: a quote its whole amount."""
    return credit_situation(document.bill_to_customer, on=on), _added(document, lines)


def stock_views(
    document: SalesDocument, lines: Sequence[SalesLine], *, setup: SalesSetup, on: date
) -> list[StockView]:
    """What the stock says to the lines that are watched. Three queries, and one per further source of demand."""
    if document.type not in plan.FROM_STOCK:
        return []
    keys = {line.item_id for line in lines if line.item_id}
    rows = Item.objects.filter(pk__in=keys).only("number", "type", "stockout_warning") if keys else ()
    items = {row.pk: StockItem(row.number, row.keeps_stock, row.stockout_warning) for row in rows}
    wanted = plan.watched(document, lines, items, by_default=setup.stockout_warning)
    places = {plan.place_of(line) for line in wanted}
    return plan.view_stock(document, wanted, items, outlooks(places), on=on)


def _credit(
    document: SalesDocument,
    lines: Sequence[SalesLine],
    setup: SalesSetup,
    shown: Collection[str],
    *,
    on: date,
) -> list[Problem]:
    customer = document.bill_to_customer
    if customer is None or document.type not in plan.ON_CREDIT:
        return []
    wanted = setup.credit_warnings
    return credit_warnings(
        customer,
        on=on,
        added=_added(document, lines),
        limit=plan.CREDIT in shown and wanted in (Credit.BOTH, Credit.CREDIT_LIMIT),
        overdue=plan.OVERDUE in shown and wanted in (Credit.BOTH, Credit.OVERDUE_BALANCE),
    )


def _added(document: SalesDocument, lines: Sequence[SalesLine]) -> Decimal:
    """Orders and invoices stand in the customer's figures already; a quote counts as if it were an order."""
    if document.type != Type.QUOTE:
        return ZERO
    whole = sum((line.amount_including_vat for line in lines), ZERO)
    return round_to(WIDE.divide(whole, document.currency_factor))


def _same_external_no(document: SalesDocument) -> list[object]:
    """Another draft of the type, and a posted paper of the kind that this becomes; not those posted from it."""
    number, customer_id = document.external_document_no, document.customer_id
    if not number or customer_id is None:
        return []
    same = {"external_document_no": number, "customer_id": customer_id}
    drafts = SalesDocument.objects.filter(type=document.type, **same).exclude(pk=document.pk)
    found = [drafts.order_by("id").first()]
    paper = {Type.ORDER: SalesInvoice, Type.INVOICE: SalesInvoice, Type.CREDIT_MEMO: SalesCreditMemo}
    if document.type in paper:
        posted = paper[document.type].objects.filter(**same)
        if document.type == Type.ORDER:
            posted = posted.exclude(order_no=document.number)
        found.append(posted.order_by("id").first())
    return [other for other in found if other is not None]


def _center(document: SalesDocument, own: UserSalesSetup | None) -> list[Problem]:
    customer = document.customer
    if customer is None or customer.responsibility_center_id is None:
        return []
    ours = own.responsibility_center.code if own and own.responsibility_center else ""
    return plan.warn_center(
        document,
        of_customer=customer.responsibility_center.code,
        ours=ours or document.responsibility_center_code,
    )


def _discount_accounts(
    document: SalesDocument, lines: Sequence[SalesLine], setup: SalesSetup
) -> list[Problem]:
    discounted = [line for line in lines if line.line_discount_amount or line.inv_discount_amount]
    if not discounted or not document.traits.invoices or setup.discount_posting == DiscountPosting.NONE:
        return []
    rows = GeneralPostingSetup.objects.filter(
        gen_bus_posting_group__code__in={line.gen_bus_posting_group for line in discounted}
    )
    columns = ("gen_bus_posting_group__code", "gen_prod_posting_group__code", "sales_line_discount_account_id",
               "sales_invoice_discount_account_id")  # fmt: skip
    accounts = {
        (bus, prod): (of_line is not None, of_invoice is not None)
        for bus, prod, of_line, of_invoice in rows.values_list(*columns)
    }
    return plan.warn_discount_accounts(discounted, accounts, posting=setup.discount_posting)
