"""Forms for master data and set-up: shape and the room's checks, field by field."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, BaseModelForm, ModelForm

from erp.kernel.errors import Problem
from erp.kernel.numbering import check_typed_number
from inventory.checks import check_change, check_item, check_unit, check_unit_delete
from inventory.models import InventorySetup, Item, ItemUnit
from inventory.routines.change_item import STOCK_FIELDS, clear_stock_fields


def show(form: BaseModelForm, problems: Iterable[Problem]) -> None:
    """Put problems where they belong: at their field, or above the form."""
    for problem in problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, ValidationError(problem.message, code=problem.code))


class ItemForm(ModelForm):
    """An item card. A number may be left blank where the number series of the set-up gives one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "number" in self.fields and self.instance.pk is None:
            self.fields["number"].required = False

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is None:
            self._check_number(cleaned.get("number", ""))
        else:
            stored = Item.objects.get(pk=self.instance.pk)
            changes = {name: cleaned[name] for name in self.changed_data if name in cleaned}
            show(self, check_change(stored, changes))
        if not self.errors:
            self._check_card(cleaned)
        return cleaned

    def _check_number(self, number: str) -> None:
        rules = InventorySetup.objects.filter(pk=1).first()
        if rules and rules.item_number_series:
            show(self, check_typed_number(rules.item_number_series, number))
        elif not number:
            self.add_error(
                "number", ValidationError(self.fields["number"].error_messages["required"], code="required")
            )

    def _check_card(self, cleaned: dict) -> None:
        """The card as it would be: a type without stock clears what only goods have."""
        draft = Item(**cleaned)
        if not draft.keeps_stock and "type" in self.changed_data:
            clear_stock_fields(draft)
            cleaned.update({name: getattr(draft, name) for name in STOCK_FIELDS})
        show(self, check_item(draft))


class ItemUnitFormSet(BaseInlineFormSet):
    """The units of an item, checked against the card as it is being saved."""

    def clean(self):
        super().clean()
        for form in self.forms:
            if not hasattr(form, "cleaned_data") or not form.cleaned_data.get("unit"):
                continue
            row, stored = form.instance, None
            row.item = self.instance
            if row.pk:
                stored = ItemUnit.objects.select_related("item", "unit").get(pk=row.pk)
            if form.cleaned_data.get("DELETE"):
                problems = check_unit_delete(stored) if stored else []
            else:
                problems = check_unit(row, before=stored) if form.has_changed() else []
            show(form, problems)
