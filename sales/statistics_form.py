from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import AmountField
from sales.arithmetic.vat import VATGroup


class DiscountForm(forms.Form):
    """The invoice discount of a whole document."""

    inv_discount = AmountField(label=_("Invoice discount amount"))


class VATForm(forms.Form):
    """VAT of each group of a document, to be corrected by a few cents."""

    def __init__(self, *args, groups: Sequence[VATGroup], **options):
        super().__init__(*args, **options)
        self.groups = groups
        for place, group in enumerate(groups):
            label = _("VAT amount {identifier}").format(identifier=group.key.identifier)
            self.fields[f"vat-{place}"] = AmountField(label=label, initial=group.vat_amount)

    def rows(self) -> list[tuple[VATGroup, forms.BoundField]]:
        """Each group with its field."""
        return [(group, self[f"vat-{place}"]) for place, group in enumerate(self.groups)]

    def changes(self) -> list[tuple[VATGroup, Decimal]]:
        """The groups of which another amount was typed."""
        typed = [(group, self.cleaned_data[f"vat-{place}"]) for place, group in enumerate(self.groups)]
        return [(group, amount) for group, amount in typed if amount != group.vat_amount]
