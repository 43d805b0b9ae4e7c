"""The head of a working document as a form: every field that may be typed, in the groups that a clerk looks for."""

from collections.abc import Iterator

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import DayField, FigureField
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument
from sales.plans.head_change import ALWAYS

SECTIONS = {
    _("Customer"): (
        "sell_to", "sell_to_name", "sell_to_address", "sell_to_post_code", "sell_to_city", "sell_to_country_code",
        "sell_to_contact", "sell_to_phone_no", "sell_to_email", "bill_to", "bill_to_name", "bill_to_contact",
        "salesperson_code", "responsibility_center_code", "campaign_no",
    ),
    _("Dates"): (
        "order_date", "posting_date", "document_date", "vat_date", "due_date", "shipment_date",
        "requested_delivery_date", "promised_delivery_date", "valid_until",
    ),
    _("Shipping"): (
        "ship_to_code", "ship_to_name", "ship_to_address", "ship_to_address_2", "ship_to_post_code", "ship_to_city",
        "ship_to_country_code", "ship_to_contact", "location_code", "shipment_method_code", "shipping_agent_code",
        "shipping_agent_service_code", "shipping_time", "outbound_handling_time", "shipping_advice",
        "package_tracking_no", "shipping_no_series", "combine_shipments",
    ),
    _("Invoicing"): (
        "currency_code", "currency_factor", "payment_terms_code", "payment_method_code", "payment_discount_percent",
        "payment_discount_date", "vat_base_discount_percent", "gen_bus_posting_group", "vat_bus_posting_group",
        "customer_posting_group", "vat_registration_no", "price_group_code", "discount_group_code",
        "invoice_discount_code", "posting_no_series", "prices_including_vat", "allow_line_discount",
        "eu_3_party_trade", "correction",
    ),
    _("References"): (
        "external_document_no", "your_reference", "applies_to_document_no", "applies_to_id", "reason_code",
        "language_code", "posting_description", "work_description",
    ),
}  # fmt: skip
# Customers and ship-to address have routines of their own.
CHOSEN = ("sell_to", "bill_to", "ship_to_code")
OF_CURRENCIES = frozenset({"currency_factor"})
OF_POSTING = frozenset({"posting_date", "posting_no_series", "shipping_no_series"})
LABELS = {
    "sell_to_address": _("sell-to address"),
    "sell_to_post_code": _("sell-to post code"),
    "sell_to_city": _("sell-to city"),
    "sell_to_country_code": _("sell-to country"),
    "sell_to_contact": _("contact"),
    "sell_to_phone_no": _("phone no."),
    "sell_to_email": _("e-mail"),
    "bill_to_contact": _("bill-to contact"),
    "ship_to_address": _("ship-to address"),
    "ship_to_address_2": _("ship-to address 2"),
    "ship_to_post_code": _("ship-to post code"),
    "ship_to_city": _("ship-to city"),
    "ship_to_country_code": _("ship-to country"),
    "ship_to_contact": _("ship-to contact"),
    "shipping_agent_service_code": _("shipping agent service"),
    "shipping_advice": _("shipping advice"),
    "gen_bus_posting_group": _("gen. bus. posting group"),
    "vat_bus_posting_group": _("VAT bus. posting group"),
    "customer_posting_group": _("customer posting group"),
    "language_code": _("language"),
    "reason_code": _("reason code"),
}
HELP = {
    "bill_to": _("Empty: the customer who orders"),
    "currency_factor": _("Units of the currency for one of our own"),
    "shipping_time": _("As 2D or 1W"),
}
WIDEST = 28


class HeadForm(forms.Form):
    """The head as it is, to be changed; a released document lets only a part of it change.

    addresses  ship-to addresses of the customer: code and name
    offered    names of the fields whose values the page offers while typing, each by a list of that name
    everything also what the document's status does not let one change
    """

    def __init__(
        self, *args, document: SalesDocument, addresses=(), offered=(), everything: bool = False, **options
    ):
        super().__init__(*args, **options)
        self.document = document
        for name in self._names():
            self.fields[name] = self._field(name, addresses)
            if name in offered:
                self.fields[name].widget.attrs["list"] = f"offered-{name}"
        if document.status != SalesDocument.Status.OPEN and not everything:
            for name in self.fields.keys() - ALWAYS - {"ship_to_code"}:
                del self.fields[name]

    def _names(self) -> Iterator[str]:
        """What this document has."""
        document = self.document
        for names in SECTIONS.values():
            for name in names:
                if (
                    (name == "valid_until" and document.type != SalesDocument.Type.QUOTE)
                    or (name in OF_POSTING and not document.traits.has_posting_date)
                    or (name in OF_CURRENCIES and not document.currency_code)
                    or (name in CHOSEN and document.is_for_prospect)
                ):
                    continue
                yield name

    def _field(self, name: str, addresses) -> forms.Field:
        document = self.document
        if name in ("sell_to", "bill_to"):
            label = _("Sell-to customer") if name == "sell_to" else _("Bill-to customer")
            customer = document.customer if name == "sell_to" else document.bill_to_customer
            attrs = {"list": "customers", "size": 16, "autocomplete": "off"}
            return forms.CharField(
                label=label,
                max_length=100,
                required=False,
                initial=customer.number,
                help_text=HELP.get(name, ""),
                widget=forms.TextInput(attrs=attrs),
            )
        if name == "ship_to_code":
            usual = _("The location's address") if document.traits.receives else _("The customer's address")
            choices = [("", usual), *((code, f"{code} {called}") for code, called in addresses)]
            return forms.ChoiceField(
                label=_("Ship-to code"), choices=choices, required=False, initial=document.ship_to_code
            )
        field = typed_field(SalesDocument._meta.get_field(name), LABELS.get(name, ""))
        field.initial = getattr(document, name)
        field.help_text = HELP.get(name, "")
        return field

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields that this document and its status let one type, by group; groups without any are left out."""
        groups = [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in SECTIONS.items()
        ]
        return [(title, fields) for title, fields in groups if fields]

    def typed(self, name: str):
        """A value that was changed; None for one that stays, or was not sent."""
        return self.cleaned_data[name] if name in self._sent() else None

    def changes(self) -> dict:
        """What was typed, for `change_document`; an emptied figure is nothing."""
        typed = {name: self.cleaned_data[name] for name in self._sent() if name not in CHOSEN}
        return {
            name: ZERO if value is None and isinstance(self.fields[name], FigureField) else value
            for name, value in typed.items()
        }

    def _sent(self) -> list[str]:
        """Fields with new values; a box that is not ticked counts only where the whole page was sent."""
        whole = "whole" in self.data
        return [
            name
            for name in self.changed_data
            if name in self.data or (whole and isinstance(self.fields[name], forms.BooleanField))
        ]


def typed_field(column: models.Field, label: str = "") -> forms.Field:
    """A form field for a column of a head: days, figures, boxes, choices and texts as all pages have them."""
    options = {"label": capfirst(label or column.verbose_name), "required": False}
    if isinstance(column, models.DateField):
        return DayField(**options)
    if isinstance(column, models.BooleanField):
        return forms.BooleanField(**options)
    if isinstance(column, models.DecimalField):
        return FigureField(decimal_places=column.decimal_places, max_digits=column.max_digits, **options)
    if column.choices:
        return forms.ChoiceField(choices=column.choices, **options)
    if isinstance(column, models.TextField):
        widget = forms.Textarea(attrs={"rows": 3, "cols": 48})
        return forms.CharField(widget=widget, **options)
    size = min(column.max_length, WIDEST)
    widget = forms.TextInput(attrs={"size": size, "autocomplete": "off"})
    return forms.CharField(max_length=column.max_length, widget=widget, **options)
