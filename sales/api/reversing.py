"""Lines of posted shipments and invoices on a return order: `getPostedLines`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.money import WIDE, round_to
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.errors import ApiError, bad_request, invalid, missing
from erp.kernel.odata.properties import Bool, Guid, trimmed
from erp.kernel.odata.rowid import pk_of
from sales.api.head import need_right
from sales.api.kinds import Guids
from sales.api.raw_documents import LINES
from sales.models import SalesDocument, SalesLine
from sales.models.base import PostedPaper
from sales.plans.copying import Copied
from sales.reversible import KINDS
from sales.routines.change_line import change_line
from sales.routines.discount import type_invoice_discount
from sales.routines.remove_line import remove_line
from sales.routines.reverse_posted_lines import reverse_posted_lines
from sales.values import SalesValues

ZERO = Decimal(0)


def get_posted_lines(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Put lines of a posted shipment or invoice of the customer on the return order: those that are named, or all.

    raises  ApiError 400 for what contradicts itself or is not there, 409 for more than can still come back; what
            `reverse_posted_lines` raises
    """
    kind, paper = _paper(asking, given)
    _check_rules(kind, given)
    wanted = _wanted(paper, given.get("lines"))
    copied = reverse_posted_lines(
        record,
        kind=kind,
        lines=[(paper.number, line_no) for line_no in wanted],
        by=asking.user,
        at=asking.at,
        on=asking.on,
    )
    asking.warnings += [each for each in copied.skipped if each.code.startswith("W-")]
    if given.get("lines") is not None:
        _keep_quantities(record, copied, wanted, asking)
    keys = [line.pk for line in copied.lines]
    made = SalesLine.objects.filter(pk__in=keys).order_by("line_no").values_list("uuid", flat=True)
    return Done(
        location=("salesReturnOrders", record.uuid),
        body={
            "salesReturnOrderLineIds": [str(id) for id in made],
            "skipped": [each.message for each in copied.skipped],
        },
    )


def _paper(asking: Asking, given: Mapping[str, Any]) -> tuple[str, PostedPaper]:
    """The one posted paper that is named, and its kind."""
    named = {"invoice": given.get("invoice_id"), "shipment": given.get("shipment_id")}
    chosen = [(kind, id) for kind, id in named.items() if id is not None]
    if not chosen:
        raise missing(_("invoiceId or shipmentId must be given."), "invoiceId")
    if len(chosen) > 1:
        raise bad_request(_("Give invoiceId or shipmentId, not both."), "shipmentId")
    ((kind, id),) = chosen
    model = KINDS[kind].model
    need_right(asking, f"sales.view_{model._meta.model_name}")
    paper = model.objects.filter(uuid=id).first()
    if paper is None:
        message = _("There is no posted {kind} {id}.").format(kind=model._meta.verbose_name, id=id)
        raise invalid(message, f"{kind}Id", "Internal_InvalidTableRelation")
    return kind, paper


def _check_rules(kind: str, given: Mapping[str, Any]) -> None:
    """What may be said and is so in any case; the contrary is refused instead of being forgotten."""
    if given.get("copy_prices") is not None and given["copy_prices"] != (kind == "invoice"):
        message = _(
            "Lines of an invoice bring its prices, those of a shipment have none; leave copyPrices out."
        )
        raise bad_request(message, "copyPrices")
    if given.get("exact_cost") is False:
        message = _("What comes back is worth what it cost when it was sold; leave exactCostReversing out.")
        raise bad_request(message, "exactCostReversing")


def _wanted(paper: PostedPaper, lines: Iterable[Mapping[str, Any]] | None) -> dict[int, Decimal | None]:
    """By line number how many are wanted; None: all that can still come back."""
    numbers = dict(paper.lines.values_list("pk", "line_no"))
    if lines is None:
        return dict.fromkeys(numbers.values())
    label = paper._meta.get_field("lines").related_model._meta.label_lower
    wanted: dict[int, Decimal | None] = {}
    for place, line in enumerate(lines):
        target = f"lines[{place}]"
        if line.get("line_id") is None:
            raise missing(_("A line needs lineId."), target)
        line_no = numbers.get(pk_of(label, line["line_id"]))
        if line_no is None:
            message = _("{paper} has no line {id}.").format(paper=paper.number, id=line["line_id"])
            raise bad_request(message, f"{target}.lineId", "Internal_DataNotFoundFilter")
        if line_no in wanted:
            raise bad_request(_("The line is named twice."), f"{target}.lineId")
        wanted[line_no] = line.get("quantity")
    return wanted


def _keep_quantities(
    document: SalesDocument, copied: Copied, wanted: Mapping[int, Decimal | None], asking: Asking
) -> None:
    """Of each named line keep as many as are wanted; 409 where fewer can come back, or nothing can.

    One posted line may have become several, one for each item entry. What is kept of a line keeps its part of the
    invoice discount.
    """
    made: dict[int, list[SalesLine]] = defaultdict(list)
    for line in copied.lines:
        if line.line_no in copied.origins:
            made[copied.origins[line.line_no][2]].append(line)
    values = SalesValues.load(document.currency_code)
    shares = ZERO
    for place, (line_no, quantity) in enumerate(wanted.items()):
        _check_left(line_no, quantity, made[line_no], target=f"lines[{place}].quantity")
        if quantity is not None:
            shares += _keep(made[line_no], quantity, asking, precision=values.precision)
    if shares:
        document.refresh_from_db()
        given = sum(document.lines.values_list("inv_discount_amount", flat=True), ZERO)
        type_invoice_discount(document, given + shares, values=values, at=asking.at)


def _keep(lines: Iterable[SalesLine], quantity: Decimal, asking: Asking, *, precision: Decimal) -> Decimal:
    """Keep so many of some lines; returns what they have lost of the invoice discount by that, and still deserve."""
    told = {"by": asking.user, "at": asking.at}
    shares = ZERO
    for line in lines:
        kept = min(quantity, line.quantity)
        quantity -= kept
        if kept == line.quantity:
            continue
        shares += round_to(
            WIDE.divide(WIDE.multiply(line.inv_discount_amount, kept), line.quantity), precision
        )
        if kept:
            change_line(line, quantity=kept, on=asking.on, **told)
        else:
            remove_line(line, **told)
    return shares


def _check_left(line_no: int, quantity: Decimal | None, lines: Collection[SalesLine], *, target: str) -> None:
    """409 for a line of which not so many, or of which none at all, can come back."""
    left = sum((line.quantity for line in lines), ZERO)
    if quantity is not None and quantity <= 0:
        raise bad_request(_("The quantity that comes back must be more than 0."), target)
    if not lines:
        message = _("Nothing of line {line_no} can come back any more.").format(line_no=line_no)
        raise ApiError(409, "BadRequest_InvalidOperation", message, target=target)
    if quantity is not None and quantity > left:
        message = _("Of line {line_no} only {left} can still come back; {wanted} were asked for.")
        message = message.format(line_no=line_no, left=f"{trimmed(left):f}", wanted=f"{trimmed(quantity):f}")
        raise ApiError(409, "BadRequest_InvalidOperation", message, target=target)


GET_POSTED_LINES = Action(
    "getPostedLines",
    run=get_posted_lines,
    permissions=("sales.view_salesdocument", "sales.change_salesdocument", "sales.add_salesline"),
    given=(
        Guid("invoiceId", to="invoice_id"),
        Guid("shipmentId", to="shipment_id"),
        Bool("copyPrices", to="copy_prices"),
        Bool("exactCostReversing", to="exact_cost"),
    ),
    lists=LINES,
    answers=(Guids("salesReturnOrderLineIds", read_only=True),),
    scope="write",
    extension=True,
    about="Puts lines of a posted shipment or invoice on the return order, as far as they can still come back.",
)
