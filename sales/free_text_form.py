from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import AmountField, FigureField
from sales.models.base import LineType


def _text(label, *, length: int, size: int, **options) -> forms.CharField:
    widget = forms.TextInput(attrs={"size": size, "autocomplete": "off"} | options.pop("attrs", {}))
    return forms.CharField(label=label, max_length=length, required=False, widget=widget, **options)


class FreeTextLineForm(forms.Form):
    """A line of a free text invoice: an amount on an account, and what it is for; or a comment."""

    type = forms.ChoiceField(
        label=_("Type"),
        choices=[(LineType.GL_ACCOUNT, _("G/L Account")), (LineType.COMMENT, _("Comment"))],
    )
    number = _text(_("Account"), length=20, size=10, attrs={"list": "items"})
    description = _text(_("Description"), length=100, size=36)
    quantity = FigureField(label=_("Quantity"), required=False)
    unit_price = FigureField(label=_("Unit price"), required=False)
    line_amount = AmountField(
        label=_("Amount"), required=False, help_text=_("Goes before quantity × price where it is typed")
    )
    vat_prod_posting_group = _text(
        _("VAT prod. posting group"), length=20, size=10, help_text=_("Blank: that of the account")
    )

    def clean(self):
        typed = super().clean()
        if typed.get("type") == LineType.COMMENT and not typed.get("description"):
            self.add_error("description", _("Type the text of the comment."))
        return typed
