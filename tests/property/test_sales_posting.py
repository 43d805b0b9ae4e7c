"""The laws of posting a sales document, on plans alone: nothing here needs a database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D

from hypothesis import assume, event, given
from hypothesis import strategies as st

from customers.models import Customer, CustomerPostingGroup
from erp.kernel.money import round_to
from inventory.models import Item
from posting.dates import DateRange
from posting.models import Currency, GeneralLedgerSetup, GLAccount
from posting.plans.check import AccountFacts, check_transactions
from posting.setup_values import GeneralSetup, PostingSetup, VATSetup
from posting.values import Line
from receivables.ledger import OpenItems, Rules
from receivables.plans.values import CurrencyRules
from sales.models import SalesDocument, SalesLine, SalesSetup
from sales.models.base import LineType
from sales.plans import line as edit
from sales.plans.check import check_quantities
from sales.plans.goods import GOODS, MONEY, plan_goods
from sales.plans.invoice import plan_invoice
from sales.plans.invoice_values import RoundingAccount
from sales.plans.parts import Uninvoiced, plan_parts
from sales.plans.posting import PostingPlan, cash_facts, money_facts, transactions
from sales.plans.settle import plan_cash, plan_receivable
from sales.plans.totals import final_totals, vat_key
from sales.values import SalesValues

CENT = D("0.01")
DAY = date(2026, 3, 2)
RECEIVABLES, REVENUE, CREDITED, LINE_DISCOUNT, INV_DISCOUNT, VAT, ROUNDING, CASH, PAYMENT_DISCOUNT = range(
    1, 10
)
GROUPS = {
    "V25": ("normal", D(25)),
    "V12": ("normal", D(12)),
    "V0": ("normal", D(0)),
    "EU": ("reverse_charge", D(25)),
}
SETUP = PostingSetup(
    gl=GeneralLedgerSetup(pk=1),
    general_rows={
        ("DOM", prod): GeneralSetup(
            "DOM",
            prod,
            {
                "sales_account": REVENUE,
                "sales_credit_memo_account": CREDITED,
                "sales_line_discount_account": LINE_DISCOUNT,
                "sales_invoice_discount_account": INV_DISCOUNT,
            },
        )
        for prod in ("GOODS", "OTHER")
    },
    vat_rows={
        ("DOM", prod): VATSetup("DOM", prod, percent, prod, type, sales_vat_account_id=VAT)
        for prod, (type, percent) in GROUPS.items()
    },
)
CHART = {number: AccountFacts(str(number), True, False, False) for number in range(1, 10)}
CURRENCIES = {"": CENT, "SEK": CENT, "ISK": D(1)}
GROUP = CustomerPostingGroup(
    code="DOM",
    **{
        f"{field.name}_id": PAYMENT_DISCOUNT
        for field in CustomerPostingGroup._meta.fields
        if field.is_relation and field.related_model is GLAccount
    },
)
GROUP.receivables_account_id = RECEIVABLES
CUSTOMER = Customer(pk=1, number="ADATUM")


@dataclass(repr=False)
class Draft:
    """A document with its lines and the set-up it is posted with."""

    document: SalesDocument
    lines: list[SalesLine]
    values: SalesValues

    def __repr__(self) -> str:
        document, setup = self.document, self.values.sales
        head = (document.type, document.currency_code, str(document.currency_factor), setup.discount_posting)
        flags = (
            document.prices_including_vat,
            str(document.vat_base_discount_percent),
            setup.invoice_rounding,
        )
        lines = [
            f"{line.vat_identifier} {line.quantity} × {line.unit_price} − {line.line_discount_percent} %"
            f" − {line.inv_discount_amount}"
            for line in self.lines
        ]
        return f"{head} {flags} {lines}"


quantities = st.decimals(D("-40"), D("40"), places=1).filter(bool) | st.integers(1, 40).map(D)
prices = st.decimals(D(0), D("2500"), places=3)
percents = st.sampled_from([D(0), D(5), D("33.33333"), D(100)]) | st.decimals(D(0), D(100), places=2)


@st.composite
def drafts(draw, *, quantity=quantities, types=("order", "return_order"), plain=False) -> Draft:
    """Any lines, signs, discounts and VAT, in any currency. plain: local currency, no rounding line."""
    code = "" if plain else draw(st.sampled_from(list(CURRENCIES)))
    currency = None
    if code:
        currency = Currency(code=code, amount_rounding_precision=CURRENCIES[code])
        currency.invoice_rounding_precision = draw(st.sampled_from([D(1), D(10)]))
    setup = SalesSetup(
        discount_posting=draw(st.sampled_from(SalesSetup.DiscountPosting.values)),
        invoice_rounding=not plain and draw(st.booleans()),
    )
    values = SalesValues(setup, SETUP, currency)
    document = SalesDocument(
        type=draw(st.sampled_from(types)),
        number="1001",
        customer=CUSTOMER,
        bill_to_customer=CUSTOMER,
        posting_date=DAY,
        vat_date=DAY,
        document_date=DAY,
        due_date=DAY,
        payment_discount_date=DAY,
        payment_discount_percent=draw(st.sampled_from([D(0), D(2)])),
        vat_base_discount_percent=D(0) if plain else draw(st.sampled_from([D(0), D(2)])),
        currency_code=code,
        currency_factor=draw(st.sampled_from([D("11.234567"), D("0.25833118"), D(1)])) if code else D(1),
        prices_including_vat=draw(st.booleans()),
        gen_bus_posting_group="DOM",
        vat_bus_posting_group="DOM",
    )
    lines = [
        _line(draw, document, values, place, quantity) for place in range(1, draw(st.integers(1, 6)) + 1)
    ]
    final_totals(lines, values.total_rules(document))
    return Draft(document, lines, values)


def _line(draw, document: SalesDocument, values: SalesValues, place: int, quantity) -> SalesLine:
    vat = draw(st.sampled_from(list(GROUPS)))
    type, percent = GROUPS[vat]
    line = SalesLine(
        document=document,
        line_no=place * 10000,
        type=LineType.ITEM,
        item=Item(pk=place, number=f"I{place}"),
        number=f"I{place}",
        per_unit=draw(st.sampled_from([D(1), D(12), D("0.33333")])),
        gen_bus_posting_group="DOM",
        gen_prod_posting_group=draw(st.sampled_from(["GOODS", "OTHER"])),
        vat_bus_posting_group="DOM",
        vat_prod_posting_group=vat,
        vat_identifier=vat,
        vat_calculation_type=type,
        vat_percent=percent,
    )
    rules = values.line_rules(document)
    assert edit.set_quantity(line, draw(quantity), rules) == []
    assert edit.set_unit_price(line, draw(prices), rules) == []
    assert edit.set_line_discount_percent(line, draw(percents), rules) == []
    share = draw(st.sampled_from([D(0), D("0.05"), D(1)]))
    line.inv_discount_amount = round_to(line.line_amount * share, values.precision)
    return line


def plan_money(draft: Draft, parts, *, cash: bool) -> PostingPlan:
    """What the invoice of some parts brings to customer and general ledger."""
    document, values = draft.document, draft.values
    rounding = RoundingAccount(ROUNDING, "4600", "Rounding", "OTHER", "V25")
    plan = PostingPlan(document, moves_goods=False, invoices=True, parts=parts)
    plan.invoice = plan_invoice(document, parts, values=values, rounding_account=rounding)
    assert plan.invoice.problems == []
    rules = Rules(currencies={code: CurrencyRules(code, precision) for code, precision in CURRENCIES.items()})
    items = OpenItems([], rules)
    receivable = plan_receivable(
        document,
        plan.invoice,
        None,
        money_facts(document),
        posting_group=GROUP,
        open_items=items,
        values=values,
    )
    assert not receivable.problems
    plan.entries = [receivable]
    if cash and receivable.entry.amount:
        payment = plan_cash(receivable, cash_facts(document), open_items=items, values=values)
        assert not payment.problems
        plan.entries.append(payment)
        in_currency = -payment.entry.amount if document.currency_code else D(0)
        plan.cash_line = Line(CASH, -payment.entry.amount_lcy, currency_amount=in_currency)
    plan.transactions = transactions(plan)
    return plan


def whole(draft: Draft):
    return plan_parts(draft.lines, ship=True, invoice=True, at_once=True, uninvoiced={})


@given(drafts(types=("invoice", "credit_memo")), st.booleans())
def test_every_posting_balances(draft, cash):
    """Whatever is on the lines, in whatever currency: debits equal credits, and the ledger has nothing against it."""
    plan = plan_money(draft, whole(draft), cash=cash)
    for entry in plan.transactions:
        assert sum(line.amount for line in entry.lines) == 0
    precisions = CURRENCIES | {draft.document.currency_code: draft.values.precision}
    problems = check_transactions(
        plan.transactions,
        chart=CHART,
        allowed=DateRange(),
        first_period=None,
        precisions=precisions,
        manual=False,
    )
    assert problems == []


@given(drafts(types=("invoice", "credit_memo")))
def test_the_customer_owes_what_the_paper_says(draft):
    """Receivable, paper and VAT entries agree: in the document's currency, and converted once as a whole."""
    document, invoice = draft.document, plan_money(draft, whole(draft), cash=False).invoice
    rounding = invoice.rounding
    incl = sum(row.vat.amount_including_vat for row in invoice.lines)
    assert invoice.amount_including_vat == incl + (rounding.amount_including_vat if rounding else 0)
    assert invoice.amount_including_vat_lcy == round_to(
        invoice.amount_including_vat / document.currency_factor
    )
    journal = sum(line.amount for line in invoice.journal)
    assert journal == -document.traits.sign * invoice.amount_including_vat_lcy
    taxed = sum(line.vat.amount for line in invoice.journal if line.vat)
    assert taxed == sum(line.amount for line in invoice.journal if line.account_id == VAT)


@given(drafts(types=("invoice",)))
def test_a_credit_memo_is_the_mirror_of_its_invoice(draft):
    """The same lines on a credit memo: every amount with the other sign, revenue on the account for credits."""
    sold = plan_money(draft, whole(draft), cash=False)
    draft.document.type = "credit_memo"
    back = plan_money(draft, whole(draft), cash=False)

    def amounts(plan, sign):
        return sorted(
            (CREDITED if line.account_id == REVENUE else line.account_id, sign * line.amount)
            for entry in plan.transactions
            for line in entry.lines
        )

    assert amounts(sold, 1) == amounts(back, -1)


@given(drafts(quantity=st.integers(1, 12).map(D), types=("order", "return_order"), plain=True), st.data())
def test_parts_of_an_order_add_up_to_the_whole(draft, data):
    """However an order is split over shipments and invoices: quantities, base quantities, net amounts and discounts
    add up exactly; and every invoice taxes its own base, once per group."""
    lines, values = draft.lines, draft.values
    ordered = {line.line_no: (line.quantity, line.line_amount, line.line_discount_amount) for line in lines}
    discounts = {line.line_no: line.inv_discount_amount for line in lines}
    shipped, invoiced, waiting, counter = [], [], {}, 0
    rounds = 0
    while any(line.quantity_invoiced != line.quantity for line in lines):
        rounds += 1
        last = rounds > 8
        for line in lines:
            most = line.outstanding_quantity
            assert edit.set_qty_to_ship(line, most if last else D(data.draw(st.integers(0, int(most))))) == []
            most = line.max_qty_to_invoice
            assert (
                edit.set_qty_to_invoice(line, most if last else D(data.draw(st.integers(0, int(most))))) == []
            )
        parts = plan_parts(lines, ship=True, invoice=True, at_once=False, uninvoiced=waiting)
        assert check_quantities(parts) == []
        plan = plan_money(draft, parts, cash=False)
        check_vat(draft, plan.invoice)
        rows = {row.part.line.line_no: row for row in plan.invoice.lines}
        goods = plan_goods(draft.document, parts, rows, values=values, goods_paper=GOODS)
        shipped += goods.movements
        invoiced += plan.invoice.lines
        for taken in goods.invoicings:
            entries = waiting[taken.line_no]
            place = next(i for i, entry in enumerate(entries) if entry.item_entry_no == taken.item_entry_no)
            left = entries[place].quantity_base - abs(taken.quantity)
            entries[place : place + 1] = [entries[place]._replace(quantity_base=left)] if left else []
        for movement in goods.movements:
            counter += 1
            if movement.value_paper != MONEY:
                entry = Uninvoiced(counter, abs(movement.quantity), "S", movement.line_no)
                waiting.setdefault(movement.line_no, []).append(entry)
        for part in parts:
            part.line.quantity_shipped += part.ship
            part.line.quantity_invoiced += part.invoice
            if part.invoice:
                part.line.inv_discount_invoiced += rows[part.line.line_no].figures.inv_discount_amount
    event(f"{rounds} postings")
    assert not any(waiting.values())
    for line in lines:
        quantity, net, discount = ordered[line.line_no]
        moved = [each for each in shipped if each.line_no == line.line_no]
        billed = [row.figures for row in invoiced if row.part.line is line]
        assert abs(sum(each.quantity for each in moved)) == line.quantity_base
        assert sum(part.quantity for part in billed) == quantity
        assert sum(part.line_discount_amount for part in billed) == discount
        assert sum(part.inv_discount_amount for part in billed) == discounts[line.line_no]
        assert sum(part.line_amount for part in billed) == net


def check_vat(draft: Draft, invoice) -> None:
    """Each group of an invoice carries its own base times its rate, rounded once; its lines add up to it."""
    assume(draft.document.vat_base_discount_percent == 0)
    for group in invoice.groups:
        rate = group.key.charged / 100
        if draft.document.prices_including_vat:
            gross = group.line_amount - group.inv_discount_amount
            assert group.vat_amount == round_to(gross * rate / (1 + rate))
        else:
            assert group.vat_amount == round_to(group.base * rate)
        mine = [
            row
            for row in invoice.lines
            if vat_key(row.part.line) == group.key and (row.figures.line_amount >= 0) == group.positive
        ]
        assert sum(row.vat.vat_amount for row in mine) == group.vat_amount
        assert sum(row.vat.amount for row in mine) == group.base
