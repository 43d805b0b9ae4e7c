from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.arithmetic.values import ONE, ZERO
from sales.masters import LineMasters, NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans import free_text
from sales.plans import line as edit
from sales.plans.new_line import plan_line
from sales.plans.totals import enter_totals
from sales.rights import to_add_lines
from sales.routines.check_concessions import check_new_lines
from sales.routines.date_lines import date_lines
from sales.routines.lock import lock, refuse_locked
from sales.routines.price import apply_price, price_lines
from sales.routines.return_reasons import take_returns
from sales.routines.texts import put_texts
from sales.routines.total import total
from sales.values import SalesValues

STEP = 10000  # room between two lines for another one


@needs(to_add_lines)
@transaction.atomic
def add_lines(
    document: SalesDocument,
    lines: Iterable[NewLine],
    *,
    by,
    at: datetime,
    on: date,
    values: SalesValues | None = None,
) -> list[SalesLine]:
    """Put lines at the end of an open document, or comments at the end of a released one: all of them or none.

    on      the work date, for prices where the document has no date of its own
    raises  LinesLocked when the document is not open; ProblemsFound with every problem of every line

    The number of queries does not depend on the number of lines.
    """
    document = lock(document.pk)
    new_lines = list(lines)
    selling = {_("lines") for new in new_lines if new.type != LineType.COMMENT}
    refuse_locked(document, wants_open=selling, texts=bool(new_lines))
    values = SalesValues.fit(document.currency_code, values)
    last = document.lines.aggregate(last=Max("line_no"))["last"] or 0
    added = put_lines(document, new_lines, after=last, on=on, values=values)
    check_new_lines(document, new_lines, added, by=by, values=values, on=on)
    total(document, values=values, at=at)
    return added


def put_lines(
    document: SalesDocument, new_lines: Sequence[NewLine], *, after: int, on: date, values: SalesValues
) -> list[SalesLine]:
    """Put lines on a document that the caller holds, after its last line; the first ones with their amounts.

    after   number of the last line, 0 where there is none
    raises  ProblemsFound with every problem of every line

    The extended texts of what the lines name come along, attached to them.
    """
    numbered = [(after + position * STEP, new) for position, new in enumerate(new_lines, start=1)]
    added = plan_lines(document, numbered, on=on, values=values)
    if not after:  # the whole document is in hand: its amounts are known before the lines are written
        enter_totals(added, values.total_rules(document))
    SalesLine.objects.bulk_create(added)
    put_texts(document, added, on=on)
    return added


def plan_lines(
    document: SalesDocument, numbered: Iterable[tuple[int, NewLine]], *, on: date, values: SalesValues
) -> list[SalesLine]:
    """The lines with their prices, unsaved, by the line numbers that they shall have.

    raises  ProblemsFound with every problem of every line
    """
    numbered = list(numbered)
    masters = LineMasters.load(
        [new for _line_no, new in numbered],
        customer_no=document.customer_number,
        on=document.document_date or on,
    )
    planned: list[tuple[SalesLine, NewLine]] = []
    problems: list[Problem] = []
    for line_no, new in numbered:
        line, found = plan_line(document, new, line_no, masters=masters, values=values)
        problems += found
        if line is not None:
            planned.append((line, new))
    raise_problems(document, problems)

    rules = values.line_rules(document)
    for line, new in planned:
        problems += _take_quantity(line, new, rules, masters)
    decisions = price_lines(document, [line for line, _new in planned], values=values, on=on)
    for (line, new), decision in zip(planned, decisions, strict=True):
        if decision is not None:
            apply_price(line, decision)
        problems += _take_price(line, new, rules)
    located = {line.line_no for line, new in planned if new.location_code is not None}
    problems += take_returns([line for line, _new in planned], located=located)
    raise_problems(document, problems)
    lines = [line for line, _new in planned]
    date_lines(document, lines, ledger=values.posting.gl)
    dated = [(line, new.shipment_date) for line, new in planned if new.shipment_date and line.sells_something]
    for line, shipment_date in dated:
        line.shipment_date = shipment_date
    date_lines(document, [line for line, _day in dated], ledger=values.posting.gl, changed={"shipment_date"})
    return lines


def _take_quantity(
    line: SalesLine, new: NewLine, rules: edit.LineRules, masters: LineMasters
) -> list[Problem]:
    if line.type == LineType.COMMENT:
        if new.quantity:
            message = _("A comment has no quantity.")
            return [Problem("E-LINE-COMMENT", message, line_no=line.line_no, field="quantity")]
        return []
    precision = masters.precision(line.item_id, line.unit_code)
    return edit.set_quantity(line, new.quantity or _by_default(line, rules), rules, precision=precision)


def _by_default(line: SalesLine, rules: edit.LineRules) -> Decimal:
    """How many of something are meant where nobody says so."""
    ones = {LineType.ITEM: rules.one_by_default, LineType.GL_ACCOUNT: rules.one_account_by_default}
    return ONE if ones.get(line.type) else ZERO


def _take_price(line: SalesLine, new: NewLine, rules: edit.LineRules) -> list[Problem]:
    """A typed price or discount goes before the one that was found."""
    price = line.unit_price if new.unit_price is None else new.unit_price
    if line.type == LineType.COMMENT:
        return []
    if new.unit_price is not None:
        line.price_explanation = {"from": "typed", "unit_price": str(new.unit_price)}
    problems = edit.set_unit_price(line, price, rules)
    if new.line_amount is not None:
        set_amount = free_text.type_amount if line.document.free_text else edit.set_line_amount
        problems += set_amount(line, new.line_amount, rules)
    elif new.line_discount_amount is not None:
        problems += edit.set_line_discount_amount(line, new.line_discount_amount, rules)
    elif new.line_discount_percent is not None:
        problems += edit.set_line_discount_percent(line, new.line_discount_percent or ZERO, rules)
    return problems
