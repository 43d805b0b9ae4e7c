"""What something would cost a customer, without a document: nothing is written and no number is drawn."""

from collections.abc import Sequence
from copy import copy
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from customers.models import Customer
from erp.kernel.quantity import QTY
from sales import defaults
from sales.arithmetic.values import ONE, ZERO
from sales.masters import NewLine
from sales.models import PriceListLine, SalesDocument, SalesLine
from sales.pricing import AmountType, PriceDecision, Reason
from sales.routines.add_lines import STEP, plan_lines
from sales.routines.follow import follow
from sales.routines.price import price_lines
from sales.selectors import own_setup
from sales.values import SalesValues


class AskedPrice(NamedTuple):
    """What one line would cost, and from how many on the unit price is another one (None: it never is).

    offer  the line of a price list that gives the price; None: it is the card's
    """

    line: SalesLine
    decision: PriceDecision
    offer: PriceListLine | None
    next_quantity: Decimal | None
    next_price: Decimal | None


def ask_prices(
    customer: Customer, wanted: Sequence[NewLine], *, by, on: date, currency_code: str | None = None
) -> list[AskedPrice]:
    """Prices and discounts as a quote to the customer would have them.

    on             the day for which prices are looked up
    currency_code  blank is local currency; None takes the customer's
    raises         ProblemsFound with every problem of every line: E-CUR-NORATE, items that there are not or that are
                   blocked, units that they do not have; lines are numbered 10000, 20000 …

    The number of queries does not depend on the number of lines.
    """
    document = _sketch(customer, by=by, on=on, currency_code=currency_code)
    values = SalesValues.load(document.currency_code)
    counted = [new._replace(quantity=new.quantity or ONE) for new in wanted]
    numbered = [(STEP * place, new) for place, new in enumerate(counted, start=1)]
    lines = plan_lines(document, numbered, on=on, values=values)
    decisions = price_lines(document, lines, values=values, on=on)
    rows = list(zip(lines, [_of_line(*row) for row in zip(lines, decisions, strict=True)], strict=True))
    steps = [(line, quantity) for line, decision in rows for quantity in _steps(line, decision)]
    others_cost = _priced(document, steps, values, on)
    found = []
    for line, decision in rows:
        others = [
            (quantity, price) for at, quantity, price in others_cost
            if at is line and price != decision.unit_price
        ]  # fmt: skip
        next_quantity, next_price = min(others, default=(None, None))
        offer = decision.price_line.key if decision.price_line else None
        found.append(AskedPrice(line, decision, offer, next_quantity, next_price))
    return found


def _sketch(customer: Customer, *, by, on: date, currency_code: str | None) -> SalesDocument:
    """The head of a quote that nobody saves."""
    values = SalesValues.load()
    ledger = values.posting.gl
    document = SalesDocument(type=SalesDocument.Type.QUOTE)
    by_payer = ledger.bill_to_sell_to_vat_calculation == "bill_to"
    facts = defaults.sell_to_values(customer, own_setup(by))
    facts |= defaults.bill_to_values(customer.bill_to, sell_to=customer, vat_from_bill_to=by_payer)
    facts |= defaults.date_values(values.sales, document.traits, on=on)
    if currency_code is not None:
        facts["currency_code"] = currency_code
    for name, value in facts.items():
        setattr(document, name, value)
    follow(document, {"currency_code"}, typed=(), setup=values.sales, ledger=ledger, on=on)
    return document


def _of_line(line: SalesLine, decision: PriceDecision | None) -> PriceDecision:
    """What has no price of its own costs nothing until somebody types it."""
    if decision is not None:
        return decision
    return PriceDecision(
        line.unit_price, ZERO, line.allow_line_discount, line.allow_invoice_discount, None, None, False, ()
    )


def _steps(line: SalesLine, decision: PriceDecision) -> list[Decimal]:
    """From how many on other prices are offered, in the line's unit; without a unit they count base units."""
    found = set()
    for lost in decision.rejected:
        if lost.reason == Reason.MINIMUM_QUANTITY and lost.wanted == AmountType.PRICE:
            minimum = lost.line.minimum_quantity
            found.add(minimum if lost.line.unit else (minimum / line.per_unit).quantize(QTY, ROUND_CEILING))
    return sorted(found)


def _priced(
    document: SalesDocument, steps: Sequence[tuple[SalesLine, Decimal]], values: SalesValues, on: date
) -> list[tuple[SalesLine, Decimal, Decimal]]:
    """The unit price of lines if so many were sold."""
    imagined = []
    for place, (line, quantity) in enumerate(steps, start=1):
        other = copy(line)
        other.line_no, other.quantity = place, quantity
        imagined.append(other)
    decisions = price_lines(document, imagined, values=values, on=on) if imagined else []
    return [
        (line, quantity, decision.unit_price)
        for (line, quantity), decision in zip(steps, decisions, strict=True)
    ]
