"""The head of a document as the sections of its page: what is where, how a value is shown and how one is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django import forms
from django.utils.formats import localize_input
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import DayField, FigureField
from erp.kernel.templatetags.handel import day
from sales.head_form import HeadForm
from sales.models import SalesDocument, SalesSetup
from sales.plans.head_change import ALWAYS


class Section(NamedTuple):
    """One section of the page.

    fields   shown when the section is open
    more     shown on request
    summary  shown while the section is folded
    """

    key: str
    title: str
    fields: tuple[str, ...]
    more: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()


SECTIONS = (
    Section(
        "general",
        _("General"),
        (
            "sell_to", "external_document_no",
            "sell_to_name", "your_reference",
            "order_date", "salesperson_code",
            "posting_date", "requested_delivery_date",
            "document_date", "promised_delivery_date",
            "valid_until",
        ),
        (
            "sell_to_address", "sell_to_contact",
            "sell_to_post_code", "sell_to_phone_no",
            "sell_to_city", "sell_to_email",
            "sell_to_country_code", "responsibility_center_code",
            "language_code", "campaign_no",
            "reason_code", "posting_description",
            "work_description",
        ),
        ("sell_to_name", "external_document_no", "order_date", "requested_delivery_date"),
    ),
    Section(
        "invoice",
        _("Invoice details"),
        (
            "payment_terms_code", "due_date",
            "payment_method_code", "currency_code",
            "payment_discount_percent", "currency_factor",
            "payment_discount_date", "prices_including_vat",
            "vat_bus_posting_group", "allow_line_discount",
        ),
        (
            "price_group_code", "discount_group_code",
            "invoice_discount_code", "vat_base_discount_percent",
            "gen_bus_posting_group", "customer_posting_group",
            "posting_no_series", "vat_date",
            "applies_to_document_no", "applies_to_id",
            "correction",
        ),
        ("payment_terms_code", "due_date", "currency_code"),
    ),
    Section(
        "shipping",
        _("Shipping and billing"),
        (
            "ship_to_code", "bill_to",
            "ship_to_name", "bill_to_name",
            "ship_to_address", "bill_to_contact",
            "ship_to_post_code", "location_code",
            "ship_to_city", "shipment_date",
            "ship_to_country_code", "shipping_advice",
            "shipping_agent_code", "shipping_agent_service_code",
            "package_tracking_no", "shipment_method_code",
        ),
        (
            "ship_to_address_2", "ship_to_contact",
            "shipping_time", "outbound_handling_time",
            "combine_shipments", "shipping_no_series",
        ),
        ("ship_to_code", "ship_to_name", "ship_to_city", "location_code", "shipment_date", "package_tracking_no"),
    ),
    Section(
        "foreign",
        _("Foreign trade"),
        ("vat_registration_no", "eu_3_party_trade"),
        (),
        ("vat_registration_no",),
    ),
)  # fmt: skip
UNFOLDED = frozenset({"general"})  # until somebody folds it

# What the lookup of an input looks in, by field.
LOOKUPS = {
    "sell_to": "customer",
    "bill_to": "customer",
    "salesperson_code": "salesperson",
    "responsibility_center_code": "responsibility-center",
    "location_code": "location",
    "shipment_method_code": "shipment-method",
    "shipping_agent_code": "shipping-agent",
    "shipping_agent_service_code": "shipping-agent-service",
    "currency_code": "currency",
    "payment_terms_code": "payment-terms",
    "payment_method_code": "payment-method",
    "reason_code": "reason",
}


# Fields that a clerk goes to all day.
KEYS = {"requested_delivery_date": "Alt+R", "ship_to_code": "Alt+S"}


@dataclass
class Shown:
    """One field of the head on the page.

    kind      text, area, day, figure, check or choice
    value     as it is shown, and as the page sends it back
    locked    it cannot be changed now: the status, or the user's rights, do not let it
    required  posting asks for it; it does not stop saving
    """

    name: str
    label: str
    kind: str
    value: str
    locked: bool
    required: bool = False
    maxlength: int | None = None
    choices: Sequence[tuple[str, str]] = ()
    help: str = ""
    lookup: str = ""
    key: str = ""

    @property
    def words(self) -> str:
        """The value in words: the label of a choice."""
        return str(dict(self.choices).get(self.value, self.value)) if self.value else ""


@dataclass
class ShownSection:
    key: str
    title: str
    is_open: bool
    fields: list[Shown] = field(default_factory=list)
    more: list[Shown] = field(default_factory=list)
    summary: list[Shown] = field(default_factory=list)


def sections_of(
    document: SalesDocument,
    form: HeadForm,
    *,
    may_change: bool,
    folds: Mapping[str, bool],
) -> list[ShownSection]:
    """The sections of a document's page.

    form   with all fields of the head, whatever may be changed
    folds  by section, whether the reader left it open
    """
    setup = SalesSetup.objects.get()
    required = {"sell_to"}
    if setup.external_document_no_mandatory and document.traits.invoices:
        required.add("external_document_no")
    shown = {name: _shown(document, form, name, may_change=may_change) for name in form.fields}
    for name, one in shown.items():
        one.required = name in required
    sections = []
    for section in SECTIONS:
        found = {
            part: [shown[name] for name in getattr(section, part) if name in shown]
            for part in ("fields", "more", "summary")
        }
        if found["fields"]:
            is_open = folds.get(section.key, section.key in UNFOLDED)
            sections.append(ShownSection(section.key, str(section.title), is_open, **found))
    return sections


def values_of(form: HeadForm) -> dict[str, str]:
    """Every field of the head as it is shown."""
    return {name: value_of(form.fields[name], form.fields[name].initial) for name in form.fields}


def value_of(kind: forms.Field, value: object) -> str:
    """A stored value as the page shows it and sends it back."""
    if isinstance(kind, forms.BooleanField):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return str(localize_input(kind.prepare_value(value)))
    return str(value).replace("\r\n", "\n")


def as_typed(kind: forms.Field, text: str) -> object:
    """What was typed, as a form takes it: the page says true and false for a box."""
    return text == "true" if isinstance(kind, forms.BooleanField) else text


def _shown(document: SalesDocument, form: HeadForm, name: str, *, may_change: bool) -> Shown:
    kind = form.fields[name]
    return Shown(
        name=name,
        label=str(capfirst(kind.label)),
        kind=_kind(kind),
        value=value_of(kind, kind.initial),
        locked=not may_change or is_locked(document, name),
        maxlength=getattr(kind, "max_length", None),
        choices=[(str(value), str(label)) for value, label in getattr(kind, "choices", ())],
        help=str(kind.help_text or ""),
        lookup=LOOKUPS.get(name, ""),
        key=KEYS.get(name, ""),
    )


def is_locked(document: SalesDocument, name: str) -> bool:
    """Whether the document's status keeps a field as it is."""
    status = SalesDocument.Status
    if document.status == status.PENDING_APPROVAL:
        return True
    return document.status != status.OPEN and name not in ALWAYS and name != "ship_to_code"


def _kind(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "check"
    if isinstance(field, DayField):
        return "day"
    if isinstance(field, FigureField):
        return "figure"
    if isinstance(field, forms.ChoiceField):
        return "choice"
    return "area" if isinstance(field.widget, forms.Textarea) else "text"
