"""What people type when shipments are invoiced: shape only, the routines judge the rest."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import DayField
from sales.plans.combining import Summary
from sales.uninvoiced import UninvoicedLine


class ChosenLinesForm(forms.Form):
    """Which uninvoiced lines go on an invoice; all of them, unless somebody unticks one.

    With `dated` it asks for the dates of the new invoice; without, the lines go on one that is there already.
    """

    posting_date = DayField(label=_("Posting date"))
    document_date = DayField(label=_("Document date"), required=False)

    def __init__(self, *args, rows: Sequence[UninvoicedLine] = (), dated: bool = True, **options):
        super().__init__(*args, **options)
        self.rows = rows
        if not dated:
            del self.fields["posting_date"], self.fields["document_date"]
        for row in rows:
            label = f"{row.paper.number} {row.shipped.line_no}"
            self.fields[self.name_of(row)] = forms.BooleanField(label=label, required=False, initial=True)

    @staticmethod
    def name_of(row: UninvoicedLine) -> str:
        return f"line-{row.shipped.pk}"

    def ticked(self) -> list[tuple[UninvoicedLine, forms.BoundField]]:
        """Every row with its box, for the table."""
        return [(row, self[self.name_of(row)]) for row in self.rows]


def ticked_in(data: Mapping[str, str]) -> list[int]:
    """Keys of the posted lines that were ticked, in any of these forms."""
    names = (name.removeprefix("line-") for name in data if name.startswith("line-"))
    return sorted(int(key) for key in names if key.isascii() and key.isdigit() and len(key) < 19)


class CombineForm(forms.Form):
    """Which shipments (or return receipts) are put together, and what becomes of them."""

    customer = forms.CharField(
        label=_("Customer"),
        max_length=20,
        required=False,
        help_text=_("Number; blank: all customers"),
        widget=forms.TextInput(attrs={"size": 12, "autocomplete": "off"}),
    )
    order = forms.CharField(
        label=_("Order no."),
        max_length=20,
        required=False,
        help_text=_("Blank: all orders"),
        widget=forms.TextInput(attrs={"size": 12, "autocomplete": "off"}),
    )
    since = DayField(label=_("Shipped from"), required=False)
    until = DayField(label=_("Shipped until"), required=False)
    posting_date = DayField(label=_("Posting date"))
    document_date = DayField(label=_("Document date"), required=False)
    summary = forms.ChoiceField(label=_("How much one invoice holds"), choices=Summary.choices)
    calc_invoice_discount = forms.BooleanField(label=_("Calculate invoice discount"), required=False)
    only_standard_terms = forms.BooleanField(label=_("Only standard payment terms"), required=False)
    copy_texts = forms.BooleanField(label=_("Copy text lines"), required=False)
    post = forms.BooleanField(label=_("Post invoices"), required=False)

    def __init__(self, *args, receives: bool, may_post: bool, **options):
        super().__init__(*args, **options)
        if receives:
            self.fields["since"].label, self.fields["until"].label = _("Received from"), _("Received until")
            self.fields["post"].label = _("Post credit memos")
        if not may_post:
            del self.fields["post"]

    def wishes(self) -> dict:
        """What was typed, for `combine_shipments`."""
        filters = ("customer", "order", "since", "until")
        return {name: value for name, value in self.cleaned_data.items() if name not in filters}
