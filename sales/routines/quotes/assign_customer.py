from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from customers.models import Customer, Salesperson
from customers.routines.create import create_customer
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.workflow import log_move
from sales import defaults
from sales.head import check_customer
from sales.models import SalesDocument, SalesLine
from sales.plans import line as edit
from sales.plans.new_line import take_vat
from sales.rights import to_change
from sales.routines.lock import lock, refuse_locked
from sales.routines.price import apply_price, price_lines
from sales.routines.prospect import PROSPECT, check_template
from sales.routines.total import total
from sales.values import SalesValues

# What follows from who the customer is. How they were offered to be served, and at which price, stays agreed.
IDENTITY = ("gen_bus_posting_group", "vat_bus_posting_group", "vat_registration_no", "vat_country_code",
            "customer_posting_group")  # fmt: skip
PRICES = ("price_group_code", "discount_group_code", "invoice_discount_code", "allow_line_discount")
TAXED = ("gen_bus_posting_group", "vat_bus_posting_group", "vat_percent", "vat_identifier",
         "vat_calculation_type", "vat_clause_code", "posting_explanation")  # fmt: skip
PRICED = ("unit_price", "line_discount_percent", "line_discount_amount", "line_amount", "inv_discount_amount",
          "allow_line_discount", "allow_invoice_discount", "price_explanation",
          "recalculate_invoice_discount")  # fmt: skip


@needs(to_change)
@transaction.atomic
def assign_customer(
    quote: SalesDocument,
    customer: Customer | None = None,
    *,
    name: str = "",
    number: str = "",
    recalculate: bool = False,
    by,
    at: datetime,
    on: date,
) -> SalesDocument:
    """Make the prospect of a quote a customer: one that there is already, or a new one by the quote's template.

    customer     None creates one, with the address of the quote
    name         of the new customer, where it is not the prospect's
    number       of the new customer, where its series lets one type it
    recalculate  look prices up afresh by the customer's own price groups instead of keeping what was offered
    raises       ProblemsFound: E-QUO-TYPE, E-QUO-CUSTOMER where the quote has one, E-QUO-TEMPL, E-CU-BLOCK, and
                 what creating a customer refuses

    The quote goes to the customer under its own name and groups; currency, terms and prices stay as offered. VAT is
    worked out anew. Source: Business Central, quotes to contacts.
    """
    quote = lock(quote.pk)
    raise_problems(quote, _check_wants_customer(quote))
    refuse_locked(quote, wants_open=[_("prices")] if recalculate else [])
    template = quote.customer_template
    if customer is None:
        raise_problems(quote, check_template(template))
        customer = _create(quote, name=name, number=number, on=on)
        facts: dict[str, object] = {"customer": customer, "bill_to_customer": customer.bill_to}
        if name:
            facts |= {"sell_to_name": customer.name, "bill_to_name": customer.name}
        facts["invoice_discount_code"] = customer.invoice_discount_code
    else:
        problems = check_not_blocked(customer, customer.bill_to, document_type=quote.type, action="create")
        raise_problems(quote, problems + check_customer(customer, customer.bill_to))
        facts = _facts(quote, customer, recalculate)
    values = SalesValues.load(quote.currency_code)
    for field, value in facts.items():
        setattr(quote, field, value)
    quote.customer_template = None
    quote.modified_at = at
    quote.save()
    _follow(quote, values, recalculate=recalculate, on=on)
    total(quote, values=values, at=at)
    log_move(
        quote,
        field="customer",
        verb="assign_customer",
        before=template.code,
        after=customer.number,
        by=by,
        at=at,
    )
    return quote


def _check_wants_customer(quote: SalesDocument) -> list[Problem]:
    if quote.type != SalesDocument.Type.QUOTE:
        message = _("{document} is no quote; change its customer on its head.")
        return [Problem("E-QUO-TYPE", message.format(document=quote), field="type")]
    if not quote.is_for_prospect:
        message = _("{document} is for customer {customer} already; change the customer on its head.")
        message = message.format(document=quote, customer=quote.customer_number)
        return [Problem("E-QUO-CUSTOMER", message, field="customer")]
    return []


def _create(quote: SalesDocument, *, name: str, number: str, on: date) -> Customer:
    card = {field.removeprefix("sell_to_"): getattr(quote, field) for field in PROSPECT}
    card["name"] = name or quote.sell_to_name
    salesperson = Salesperson.objects.filter(code=quote.salesperson_code).first()
    if salesperson is not None:
        card["salesperson"] = salesperson
    return create_customer(number=number, template=quote.customer_template.code, on=on, **card)


def _facts(quote: SalesDocument, customer: Customer, recalculate: bool) -> Mapping[str, object]:
    """What the head takes from a customer that there was already."""
    bill_to = customer.bill_to
    sell_to = defaults.sell_to_values(customer)
    found = sell_to | defaults.bill_to_values(bill_to, sell_to=customer, vat_from_bill_to=False)
    names = {name for name in found if name.startswith(("sell_to_", "bill_to_"))} | {"customer", *IDENTITY}
    if recalculate:
        names |= set(PRICES)
    facts = {name: found[name] for name in names}
    ship_to = defaults.ship_to_values(customer, None)
    here = all(
        getattr(quote, name) == getattr(quote, name.replace("ship_to_", "sell_to_"))
        for name in ship_to
        if name.startswith("ship_to_") and name != "ship_to_code"
    )
    return facts | (ship_to if here else {})


def _follow(quote: SalesDocument, values: SalesValues, *, recalculate: bool, on: date) -> None:
    """Tax the lines as the customer is taxed; where it is wanted, at the customer's own prices."""
    lines = list(
        quote.lines.select_related("item__vat_bus_posting_group_price", "resource").order_by("line_no")
    )
    problems: list[Problem] = []
    for line in lines:
        line.gen_bus_posting_group = quote.gen_bus_posting_group
        line.vat_bus_posting_group = quote.vat_bus_posting_group
        if line.sells_something:
            problems += take_vat(line, values)
    raise_problems(quote, problems)
    if recalculate:
        rules = values.line_rules(quote)
        for line, decision in zip(lines, price_lines(quote, lines, values=values, on=on), strict=True):
            if decision is not None:
                apply_price(line, decision)
                edit.set_unit_price(line, line.unit_price, rules)
    SalesLine.objects.bulk_update(lines, [*TAXED, *PRICED] if recalculate else TAXED)
