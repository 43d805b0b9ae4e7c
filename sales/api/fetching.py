"""Lines of posted shipments on invoices: `getShipmentLines` of a draft, `invoice` of a shipment."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.errors import ApiError, invalid, missing
from erp.kernel.odata.properties import Guid
from erp.kernel.odata.rowid import pk_of
from sales.api.kinds import Guids
from sales.api.posted import refuse_posted
from sales.models import SalesDocument, SalesInvoice, SalesShipment, SalesShipmentLine
from sales.routines.get_shipment_lines import get_shipment_lines

LABEL = SalesShipmentLine._meta.label_lower
FETCHES = ("sales.view_salesdocument", "sales.change_salesdocument", "sales.add_salesline")


def no_line(id: UUID | None, name: str) -> ApiError:
    """What to raise for an identifier that no line of a posted shipment has."""
    message = _("{id} is no line of a posted shipment.").format(id=id)
    return invalid(message, name, "Internal_InvalidTableRelation")


def shipment_lines(
    ids: Sequence[UUID | None], name: str, *, of: SalesShipment | None = None
) -> list[SalesShipmentLine]:
    """Lines of posted shipments by their identifiers, in this order; `of` one shipment. Raises 400 for others.

    name  of the property that they stand in
    """
    keys = {id: pk_of(LABEL, id) if id else None for id in ids}
    rows = SalesShipmentLine.objects.select_related("document").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[key for key in keys.values() if key])}
    for id, key in keys.items():
        if key not in found or (of is not None and found[key].document_id != of.pk):
            raise no_line(id, name)
    return [found[key] for key in keys.values()]


def fetch_lines(asking: Asking, record: SalesDocument | SalesInvoice, given: Mapping[str, Any]) -> Done:
    """Put what is left uninvoiced of lines of posted shipments on an open invoice."""
    refuse_posted(record)
    if not given.get("lines"):
        raise missing(_("shipmentLineIds must be given."), "shipmentLineIds")
    lines = shipment_lines(given["lines"], "shipmentLineIds")
    made = get_shipment_lines(record, lines, by=asking.user, at=asking.at)
    return Done(
        location=("salesInvoices", record.uuid),
        body={"salesInvoiceId": str(record.uuid), "salesInvoiceLineIds": [str(line.uuid) for line in made]},
    )


GET_SHIPMENT_LINES = Action(
    "getShipmentLines",
    run=fetch_lines,
    permissions=FETCHES,
    given=(Guids("shipmentLineIds", to="lines"),),
    answers=(Guid("salesInvoiceId", read_only=True), Guids("salesInvoiceLineIds", read_only=True)),
    scope="write",
    extension=True,
    about="Puts what is not invoiced of lines of posted shipments on a draft invoice.",
)
