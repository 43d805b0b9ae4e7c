"""What people type when documents are copied: shape only, the routines judge the rest."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sales.models import SalesDocument
from sales.plans.archive_rules import ARCHIVED

Type = SalesDocument.Type
POSTED = [
    ("posted_shipment", _("Posted shipment")),
    ("posted_invoice", _("Posted invoice")),
    ("posted_return_receipt", _("Posted return receipt")),
    ("posted_credit_memo", _("Posted credit memo")),
]
SOURCES = [
    *((each.value, each.label) for each in Type),
    *POSTED,
    *(
        (f"archived_{each.value}", _("Archived {type}").format(type=each.label))
        for each in Type
        if each in ARCHIVED
    ),
]


class CopyForm(forms.Form):
    """What is copied to a document, and how."""

    kind = forms.ChoiceField(
        label=_("Document type"),
        choices=[("", _("As its number says")), *SOURCES],
        required=False,
    )
    number = forms.CharField(
        label=_("No."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"size": 16, "autocomplete": "off", "list": "papers", "autofocus": True}
        ),
    )
    version = forms.IntegerField(
        label=_("Version no."),
        required=False,
        min_value=1,
        help_text=_("Of an archived document; blank: the last one"),
        widget=forms.TextInput(attrs={"size": 4, "inputmode": "numeric", "autocomplete": "off"}),
    )
    include_header = forms.BooleanField(label=_("Include header"), required=False)
    recalculate_lines = forms.BooleanField(label=_("Recalculate lines"), required=False)


class ReverseForm(forms.Form):
    """Which posted papers are shown, and how much of them comes back."""

    kind = forms.ChoiceField(
        label=_("Document type"),
        choices=[(value.removeprefix("posted_"), label) for value, label in POSTED],
        initial="invoice",
    )
    everything = forms.BooleanField(label=_("Show what has come back too"), required=False)
