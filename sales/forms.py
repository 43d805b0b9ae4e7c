"""What people type on sales pages: shape only, the routines judge the rest."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import AmountField, DayField, FigureField
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType


def _text(label, *, length: int, size: int = 20, **options) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=options.pop("required", False),
        widget=forms.TextInput(attrs={"size": size, "autocomplete": "off"}),
        **options,
    )


class NewDocumentForm(forms.Form):
    """The head of a new document; what is left blank follows from the customer."""

    customer = forms.CharField(
        label=_("Customer"),
        max_length=100,
        help_text=_("Number, name, city, or a part of them"),
        widget=forms.TextInput(
            attrs={
                "list": "customers",
                "data-lookup": "customer",
                "autocomplete": "off",
                "autofocus": True,
                "size": 32,
            }
        ),
    )
    external_document_no = _text(
        _("External document no."), length=35, help_text=_("The customer's order number")
    )
    your_reference = _text(_("Your reference"), length=35)
    order_date = DayField(label=_("Order date"), required=False)
    posting_date = DayField(label=_("Posting date"), required=False)
    document_date = DayField(label=_("Document date"), required=False)
    shipment_date = DayField(label=_("Shipment date"), required=False)
    requested_delivery_date = DayField(label=_("Requested delivery date"), required=False)
    valid_until = DayField(label=_("Quote valid until"), required=False)
    location_code = _text(_("Location"), length=10, size=10)
    applies_to_document_no = _text(_("Applies to invoice no."), length=20)

    def __init__(self, *args, type: str, **options):
        super().__init__(*args, **options)
        traits = SalesDocument(type=type).traits
        if type != SalesDocument.Type.QUOTE:
            del self.fields["valid_until"]
        if not traits.has_posting_date:
            del self.fields["posting_date"]
        if not traits.receives:
            del self.fields["applies_to_document_no"]

    @property
    def has_more(self) -> bool:
        """Whether anything but the customer was typed."""
        return self.is_bound and any(self.data.get(name) for name in self.fields if name != "customer")

    def given(self) -> dict:
        """What was typed, for `draft`."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "customer" and value}
        if "applies_to_document_no" in given:
            given["applies_to_document_type"] = "invoice"
        return given


class NewLineForm(forms.Form):
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[
            (LineType.ITEM, _("Item")),
            (LineType.GL_ACCOUNT, _("G/L Account")),
            (LineType.RESOURCE, _("Resource")),
            (LineType.CHARGE, _("Charge (Item)")),
            (LineType.COMMENT, _("Comment")),
        ],
        initial=LineType.ITEM,
    )
    number = forms.CharField(
        label=_("No."),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"list": "items", "size": 18, "autocomplete": "off"}),
    )
    quantity = FigureField(label=_("Quantity"), required=False)
    unit_code = _text(_("Unit"), length=10, size=6)
    unit_price = FigureField(label=_("Unit price"), required=False)
    line_discount_percent = FigureField(label=_("Discount %"), required=False, min_value=0, max_value=100)
    variant_code = _text(_("Variant"), length=10, size=8)
    description = _text(_("Description"), length=100, size=24)

    def clean(self):
        typed = super().clean()
        if typed.get("type") == LineType.COMMENT:
            if not typed.get("description") and not typed.get("number"):
                self.add_error(
                    "description", _("Type the text of the comment, or the code of a standard text.")
                )
        elif not typed.get("number") and "number" not in self.errors:
            self.add_error("number", _("Type a number."))
        return typed


class LineForm(forms.Form):
    """A line as it is, to be changed. Only what was changed is handed on."""

    description = _text(_("Description"), length=100, size=40)
    variant_code = _text(_("Variant"), length=10, size=8)
    quantity = FigureField(label=_("Quantity"))
    unit_code = _text(_("Unit"), length=10, size=8)
    unit_price = FigureField(label=_("Unit price"))
    line_amount = AmountField(label=_("Amount"))
    line_discount_percent = FigureField(label=_("Discount %"), min_value=0, max_value=100)
    qty_to_ship = FigureField(label=_("Qty. to ship"))
    qty_to_invoice = FigureField(label=_("Qty. to invoice"))
    return_reason_code = forms.CharField(
        label=_("Return reason"),
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"size": 10, "autocomplete": "off", "list": "return-reasons"}),
    )
    applies_from_item_entry = forms.IntegerField(
        label=_("Appl.-from item entry"),
        required=False,
        min_value=1,
        help_text=_("The sale that is taken back, at its cost"),
        widget=forms.TextInput(attrs={"size": 10, "inputmode": "numeric", "autocomplete": "off"}),
    )
    applies_to_item_entry = forms.IntegerField(
        label=_("Appl.-to item entry"),
        required=False,
        min_value=1,
        help_text=_("The receipt that the goods are taken from"),
        widget=forms.TextInput(attrs={"size": 10, "inputmode": "numeric", "autocomplete": "off"}),
    )
    location_code = _text(_("Location"), length=10, size=10)
    shipment_date = DayField(label=_("Shipment date"), required=False)
    requested_delivery_date = DayField(label=_("Requested delivery date"), required=False)
    promised_delivery_date = DayField(label=_("Promised delivery date"), required=False)
    planned_delivery_date = DayField(label=_("Planned delivery date"), required=False)
    planned_shipment_date = DayField(label=_("Planned shipment date"), required=False)
    shipping_agent_code = _text(_("Shipping agent"), length=10, size=10)
    shipping_agent_service_code = _text(_("Shipping agent service"), length=10, size=10)
    shipping_time = _text(_("Shipping time"), length=20, size=6)
    outbound_handling_time = _text(_("Outbound whse. handling time"), length=20, size=6)
    package_tracking_no = _text(_("Package tracking no."), length=50)
    gen_prod_posting_group = _text(_("Gen. prod. posting group"), length=20, size=10)
    vat_prod_posting_group = _text(_("VAT prod. posting group"), length=20, size=10)

    def __init__(self, *args, line: SalesLine, fields: frozenset[str], **options):
        initial = {name: getattr(line, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **options)
        for name in self.base_fields.keys() - fields:
            del self.fields[name]
        if line.document.traits.receives and "qty_to_ship" in self.fields:
            self.fields["qty_to_ship"].label = _("Qty. to receive")

    def changes(self) -> dict:
        """What was typed; a field that was not sent is as it was."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.data}


class PostingForm(forms.Form):
    """When and what to post, with the quantities of every line."""

    posting_date = DayField(label=_("Posting date"), required=False)

    def __init__(self, *args, lines=(), ship: bool = False, invoice: bool = False, **options):
        super().__init__(*args, **options)
        self.lines = {line.line_no: line for line in lines}
        wanted = [("qty_to_ship", _("To ship"))] if ship else []
        wanted += [("qty_to_invoice", _("To invoice"))] if invoice else []
        for line in lines:
            if line.sells_something and line.quantity:
                for name, label in wanted:
                    field = FigureField(label=f"{label}, {_('line')} {line.line_no}", required=False)
                    field.initial = getattr(line, name)
                    field.widget.attrs |= {"form": "posting", "size": 6}
                    self.fields[f"{name}-{line.line_no}"] = field

    def of(self, line_no: int) -> dict:
        """The bound fields of a line, by what they are."""
        names = ("qty_to_ship", "qty_to_invoice")
        return {name: self[f"{name}-{line_no}"] for name in names if f"{name}-{line_no}" in self.fields}

    def quantities(self) -> dict[int, dict]:
        """The quantities that were changed, by line number; a field that was not sent is as it was."""
        changed: dict[int, dict] = {}
        for name in self.changed_data:
            what, _dash, line_no = name.partition("-")
            if line_no and name in self.data:
                value = self.cleaned_data[name]
                changed.setdefault(int(line_no), {})[what] = 0 if value is None else value
        return changed
