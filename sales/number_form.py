from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import FigureField
from sales.models.base import LineType


class NumberForm(forms.Form):
    """What a line shall sell instead."""

    type = forms.ChoiceField(label=_("Type"), choices=LineType.choices)
    number = forms.CharField(
        label=_("No."), max_length=50, widget=forms.TextInput(attrs={"size": 18, "autocomplete": "off"})
    )
    quantity = FigureField(label=_("Quantity"), required=False)
