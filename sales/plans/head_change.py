"""Changing a document's head: what may change when, what lines depend on, and what has to be asked first. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.models import SalesDocument, SalesLine
from sales.plans.line import plain
from sales.plans.totals import vat_key

_ADDRESS = (
    "name",
    "name_2",
    "address",
    "address_2",
    "post_code",
    "city",
    "county",
    "country_code",
    "contact",
)

# What may change while others rely on the document.
ALWAYS = frozenset(
    {
        "posting_date",
        "document_date",
        "vat_date",
        "due_date",
        "payment_discount_date",
        "external_document_no",
        "your_reference",
        "package_tracking_no",
        "posting_description",
        "work_description",
        "reason_code",
        "language_code",
        "posting_no_series",
        "shipping_no_series",
        "applies_to_document_type",
        "applies_to_document_no",
        "applies_to_id",
        *(f"ship_to_{name}" for name in _ADDRESS),
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
        "currency_factor",
        "prices_including_vat",
        "salesperson_code",
        "responsibility_center_code",
        "campaign_no",
        "payment_terms_code",
        "payment_method_code",
        "payment_discount_percent",
        "vat_base_discount_percent",
        "shipment_method_code",
        "shipping_agent_code",
        "shipping_agent_service_code",
        "shipping_time",
        "outbound_handling_time",
        "shipping_advice",
        "combine_shipments",
        "eu_3_party_trade",
        "correction",
        "price_group_code",
        "discount_group_code",
        "invoice_discount_code",
        "allow_line_discount",
        "customer_posting_group",
        "gen_bus_posting_group",
        "vat_bus_posting_group",
        "vat_registration_no",
        "vat_country_code",
        "sell_to_phone_no",
        "sell_to_email",
        *(f"sell_to_{name}" for name in _ADDRESS),
        *(f"bill_to_{name}" for name in _ADDRESS),
    }
)
# What approvers say yes to besides amounts: once they have, it changes only in a document that is sent to them again.
AGREED = frozenset({"due_date", "payment_discount_date", *(f"ship_to_{name}" for name in _ADDRESS)})
# What lines were priced and taxed with: other values rebuild them.
REBUILDS = frozenset({"currency_code", "gen_bus_posting_group", "vat_bus_posting_group"})
# What lines took from the head, or were priced with, and keep.
NOT_CASCADED = (
    "price_group_code",
    "discount_group_code",
    "invoice_discount_code",
    "allow_line_discount",
    "language_code",
)


class Answers(NamedTuple):
    """What somebody said to the questions that a change raises; None: not asked yet."""

    recreate_lines: bool | None = None
    update_rate: bool | None = None
    convert_prices: bool | None = None
    cascade: bool | None = None


def label(name: str) -> str:
    return str(SalesDocument._meta.get_field(name).verbose_name)


def check_change(
    document: SalesDocument, changes: Mapping[str, object], lines: Sequence[SalesLine]
) -> list[Problem]:
    """What stands in the way of a change whatever its value: E-HDR-RENAME, E-HDR-REQ, E-TF for what is invoiced."""
    problems = []
    if changes.keys() & {"number", "type"}:
        message = _("{document} cannot be renumbered: write a new document, or copy this one.")
        problems.append(Problem("E-HDR-RENAME", message.format(document=document), field="number"))
    promised = changes.get("promised_delivery_date", document.promised_delivery_date)
    if "requested_delivery_date" in changes and promised:
        message = _("Requested Delivery Date cannot change while {date} is promised.").format(date=promised)
        problems.append(Problem("E-HDR-REQ", message, field="requested_delivery_date"))
    if "prices_including_vat" in changes:
        message = _("{field} cannot change: line {line_no} ({number}) has {quantity} invoiced.")
        problems += [
            Problem(
                "E-TF",
                message.format(
                    field=label("prices_including_vat"),
                    line_no=line.line_no,
                    number=line.number,
                    quantity=plain(line.quantity_invoiced),
                ),
                line_no=line.line_no,
                field="prices_including_vat",
            )
            for line in lines
            if line.quantity_invoiced
        ]
    return problems


def differing(before: SalesDocument, after: SalesDocument) -> frozenset[str]:
    """The fields in which two states of a head differ: what was typed, and what followed from it."""
    return frozenset(name for name in ALWAYS | OPEN if getattr(before, name) != getattr(after, name))


def converts(lines: Sequence[SalesLine]) -> bool:
    """Whether another price basis makes a difference to any line."""
    return any(line.unit_price and vat_key(line).charged for line in lines)


def questions(
    document: SalesDocument,
    answers: Answers,
    *,
    rebuilt: Sequence[SalesLine],
    new_rate: bool,
    new_basis: bool,
    cascaded: Collection[str],
) -> list[Problem]:
    """What is to be answered before the change is made, each with the name of the answer as its field.

    rebuilt   lines that are to be rebuilt
    new_rate  the new posting date has another exchange rate
    new_basis prices with and without VAT are exchanged, and lines have prices
    cascaded  fields whose new value lines may take over
    returns   Q-HDR-RECREATE, Q-HDR-RATE, Q-PIV-CONVERT, Q-HDR-CASCADE; E-HDR-RECREATE-CANCEL where no is no way
    """
    asked = []
    if rebuilt:
        asked += ask_recreate(answers.recreate_lines)
    if new_rate and answers.update_rate is None:
        message = _(
            "{currency} has another exchange rate on {date}. Update the exchange rate of the document?"
        )
        message = message.format(currency=document.currency_code, date=document.posting_date)
        asked.append(Problem("Q-HDR-RATE", message, field="update_rate"))
    if new_basis and answers.convert_prices is None:
        message = _("Recalculate all unit prices for the new VAT basis? Without it they keep their numbers.")
        asked.append(Problem("Q-PIV-CONVERT", message, field="convert_prices"))
    if cascaded and answers.cascade is None:
        names = ", ".join(label(name) for name in cascaded)
        message = _("Copy the new {fields} to the lines?").format(fields=names)
        asked.append(Problem("Q-HDR-CASCADE", message, field="cascade"))
    return asked


def ask_recreate(answer: bool | None) -> list[Problem]:
    """May the lines be rebuilt? Nothing where they may."""
    if answer:
        return []
    if answer is None:
        message = _(
            "Existing lines will be rebuilt with the new data; typed prices and discounts are lost. Continue?"
        )
        return [Problem("Q-HDR-RECREATE", message, field="recreate_lines")]
    message = _("The change was cancelled: its lines cannot stay as they are. Choose the old value again.")
    return [Problem("E-HDR-RECREATE-CANCEL", message)]


def warn(document: SalesDocument, changed: Collection[str], lines: Sequence[SalesLine]) -> list[Problem]:
    """Fields that changed on the head only, though lines depend on them (W-HDR-NOTCASCADED)."""
    told = [name for name in NOT_CASCADED if name in changed and lines]
    if "location_code" in changed and any(line.location_code != document.location_code for line in lines):
        told.append("location_code")
    message = _("{field} was changed on the head only; existing lines keep their value.")
    warnings = [Problem("W-HDR-NOTCASCADED", message.format(field=label(name)), field=name) for name in told]
    priced_on = document.traits.priced_on
    if priced_on in changed and any(line.unit_price for line in lines):
        message = _("Prices on the lines were found for the earlier {field} and stay.")
        message = message.format(field=label(priced_on))
        warnings.append(Problem("W-HDR-NOTCASCADED", message, field=priced_on))
    return warnings
