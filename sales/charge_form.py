"""What people type when they assign an item charge: shape only."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import FigureField
from sales.plans.charges import Method
from sales.targets import Target


class ChargeForm(forms.Form):
    """A quantity for each of some goods, which of them a suggestion is for, and by what it shares."""

    method = forms.ChoiceField(
        label=_("Share"), choices=[(method.value, method.label) for method in Method], required=False
    )

    def __init__(
        self,
        *args,
        targets: Sequence[Target],
        assigned: Mapping[Target, Decimal] | None = None,
        names: Mapping[Target, str] | None = None,
        **options,
    ):
        super().__init__(*args, **options)
        self.targets = list(targets)
        for place, target in enumerate(self.targets):
            name = (names or {}).get(target, f"{target.number} {target.line_no}".strip())
            quantity = FigureField(
                label=_("Quantity to assign to {goods}").format(goods=name), required=False
            )
            quantity.initial = (assigned or {}).get(target)
            quantity.widget.attrs["size"] = 8
            self.fields[f"quantity-{place}"] = quantity
            chosen = _("Share with {goods}").format(goods=name)
            self.fields[f"chosen-{place}"] = forms.BooleanField(label=chosen, required=False)

    def of(self, place: int) -> dict:
        """The bound fields of one row."""
        return {name: self[f"{name}-{place}"] for name in ("quantity", "chosen")}

    def quantities(self) -> dict[Target, Decimal]:
        """What was typed, without rows left blank."""
        return {target: value for target, value in self._values("quantity") if value}

    def chosen(self) -> list[Target]:
        return [target for target, is_chosen in self._values("chosen") if is_chosen]

    def _values(self, name: str) -> list[tuple[Target, object]]:
        return [(target, self.cleaned_data[f"{name}-{place}"]) for place, target in enumerate(self.targets)]
