from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.money import round_to
from sales.arithmetic.spread import spread
from sales.arithmetic.vat import VATGroup, check_typed_vat, document_vat, with_typed_vat
from sales.models import SalesDocument, SalesLine
from sales.plans.totals import amount_line
from sales.rights import to_change
from sales.routines.lock import lock, refuse_locked
from sales.routines.total import total
from sales.values import SalesValues


@needs(to_change)
@transaction.atomic
def type_vat(
    document: SalesDocument,
    amount: Decimal,
    *,
    vat_identifier: str,
    by,
    at: datetime,
    positive: bool = True,
    percent: Decimal | None = None,
    calculation_type: str = "",
    values: SalesValues | None = None,
) -> list[SalesLine]:
    """Correct the VAT of a group of lines by a few cents, as the customer's own paper has it.

    amount            VAT of the whole group, in the document's currency; what was calculated takes a correction back
    vat_identifier    names the group; percent and calculation_type where that leaves several
    positive          the group of what is sold; False: of lines with a negative amount
    returns           the lines in their order, the difference shared by those of the group
    raises            LinesLocked when the document is not open; ProblemsFound: E-VATDIFF-OFF, E-VATDIFF-MAX (of the
                      currency, or of the G/L set-up), E-VATDIFF-SIGN, E-VATDIFF-NONE without such a group

    Prices that include VAT keep their total. Source: Business Central, VAT difference on the statistics of a document.
    """
    document = lock(document.pk)
    refuse_locked(document, wants_open=[_("VAT amount")])
    values = SalesValues.fit(document.currency_code, values)
    lines = list(document.lines.order_by("line_no"))
    figures = [amount_line(line) for line in lines]
    groups = document_vat(figures, **values.total_rules(document)._asdict()).groups
    group = _find(document, groups, vat_identifier, positive, percent, calculation_type)
    amount = round_to(amount, values.precision)
    maximum = values.rounding.max_vat_difference_allowed
    allowed = values.sales.allow_vat_difference
    raise_problems(document, check_typed_vat(group, amount, allowed=allowed, maximum=maximum))

    typed = with_typed_vat(group, amount, prices_including_vat=document.prices_including_vat)
    members = [
        (line, figure.net)
        for line, figure in zip(lines, figures, strict=True)
        if figure.counts and (figure.vat, figure.line_amount >= 0) == (group.key, group.positive)
    ]
    nets = [net for _line, net in members]
    shares = spread(typed.vat_difference, nets, precision=values.precision)
    for (line, _net), share in zip(members, shares, strict=True):
        line.vat_difference = share
    SalesLine.objects.bulk_update([line for line, _net in members], ["vat_difference"])
    return total(document, values=values, at=at)


def _find(
    document: SalesDocument,
    groups: list[VATGroup],
    vat_identifier: str,
    positive: bool,
    percent: Decimal | None,
    calculation_type: str,
) -> VATGroup:
    found = [
        group
        for group in groups
        if (group.key.identifier, group.positive) == (vat_identifier, positive)
        and percent in (None, group.key.percent)
        and calculation_type in ("", group.key.calculation_type)
    ]
    if len(found) != 1:
        message = _("{document} has no VAT of its own with identifier {identifier}: reload the page.")
        message = message.format(document=document, identifier=vat_identifier)
        raise_problems(document, [Problem("E-VATDIFF-NONE", message, field="vat_identifier")])
    return found[0]
