from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, raise_problems
from sales.head import check_head
from sales.models import SalesDocument
from sales.routines.follow import follow
from sales.routines.lock import lock, refuse_locked
from sales.routines.total import total
from sales.values import SalesValues

# What may change while others rely on the document.
ALWAYS = frozenset(
    {
        "posting_date",
        "document_date",
        "due_date",
        "external_document_no",
        "your_reference",
        "package_tracking_no",
        "posting_description",
        "reason_code",
        "applies_to_document_type",
        "applies_to_document_no",
        "applies_to_id",
    }
)
# What wants the document open.
OPEN = frozenset(
    {
        "order_date",
        "shipment_date",
        "requested_delivery_date",
        "promised_delivery_date",
        "valid_until",
        "location_code",
        "currency_code",
        "prices_including_vat",
        "salesperson_code",
        "payment_terms_code",
        "payment_method_code",
        "payment_discount_percent",
        "shipment_method_code",
        "shipping_agent_code",
        "shipping_agent_service_code",
        "shipping_advice",
        "eu_3_party_trade",
        "correction",
        "ship_to_name",
        "ship_to_name_2",
        "ship_to_address",
        "ship_to_address_2",
        "ship_to_post_code",
        "ship_to_city",
        "ship_to_county",
        "ship_to_country_code",
        "ship_to_contact",
    }
)
# What the prices on lines were found with: fixed once there are lines.
PRICED = frozenset({"currency_code", "prices_including_vat"})


@transaction.atomic
def change_document(document: SalesDocument, *, by, at: datetime, **changes) -> SalesDocument:
    """Type new values into the head, and bring along what follows from them.

    A posting date brings the document date (where the set-up links them), VAT date and exchange rate; a document
    date or payment terms bring due date and discount. What is typed in the same breath goes before what follows.

    raises  LinesLocked for a field that wants the document open; ProblemsFound: E-HDR-LINES for currency and price
            basis while there are lines, E-HDR-REQ for a requested date under a promised one, and what `check_head`
            finds

    Source: Business Central, validation of the sales header.
    """
    unknown = changes.keys() - (ALWAYS | OPEN)
    if unknown:
        raise TypeError(f"a sales document has no {', '.join(sorted(unknown))} to change")
    document = lock(document.pk)
    changes = {name: value for name, value in changes.items() if getattr(document, name) != value}
    if not changes:
        return document
    refuse_locked(
        document,
        wants_open={document._meta.get_field(name).verbose_name for name in changes.keys() - ALWAYS},
    )
    raise_problems(document, [*_check(document, changes), *check_head(document, changes)])
    vat_base_discount = document.vat_base_discount_percent
    for name, value in changes.items():
        setattr(document, name, value)
    values = SalesValues.load(document.currency_code)
    follow(
        document,
        changes.keys(),
        typed=changes.keys(),
        setup=values.sales,
        ledger=values.posting.gl,
        on=document.order_date or document.created_at.date(),
    )
    document.modified_at = at
    document.save()
    if "shipment_date" in changes:
        document.lines.filter(quantity_shipped=0).update(shipment_date=document.shipment_date)
    if document.vat_base_discount_percent != vat_base_discount:
        total(document, values=values, at=at)
    return document


def _check(document: SalesDocument, changes: dict) -> list[Problem]:
    problems = []
    if (priced := changes.keys() & PRICED) and document.lines.exists():
        message = _("{field} cannot change while there are lines: delete them first.")
        problems += [
            Problem(
                "E-HDR-LINES", message.format(field=document._meta.get_field(name).verbose_name), field=name
            )
            for name in sorted(priced)
        ]
    promised = changes.get("promised_delivery_date", document.promised_delivery_date)
    if "requested_delivery_date" in changes and promised:
        message = _("Requested Delivery Date cannot change while {date} is promised.").format(date=promised)
        problems.append(Problem("E-HDR-REQ", message, field="requested_delivery_date"))
    return problems
