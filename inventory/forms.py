"""Forms for master data and set-up: shape and the room's checks, field by field."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import CharField as TextColumn
from django.forms import (
    BaseInlineFormSet,
    BaseModelForm,
    CharField,
    ChoiceField,
    Form,
    IntegerField,
    ModelForm,
    TextInput,
)
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import Problem, ProblemsFound
from erp.kernel.forms import AmountField, DayField, FigureField
from erp.kernel.models import NumberSeries
from erp.kernel.money import ZERO
from erp.kernel.numbering import check_typed_number
from inventory.checks import check_change, check_item, check_unit, check_unit_delete
from inventory.models import InventorySetup, Item, ItemJournalBatch, ItemJournalLine, ItemUnit
from inventory.models.journal import ENTRY_TYPES
from inventory.routines.change_item import STOCK_FIELDS, clear_stock_fields

LONGEST_ENTRY_NO = 18


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


class ItemBatchForm(ModelForm):
    """An item journal: its name when it is new, its defaults always."""

    class Meta:
        model = ItemJournalBatch
        fields = ("name", "description", "number_series", "location_code")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["name"]

    def validate_unique(self):
        """Whether the name is taken is the routine's to say."""

    def clean_number_series(self):
        code = self.cleaned_data["number_series"].strip().upper()
        if code and not NumberSeries.objects.filter(code=code).exists():
            raise ValidationError(_("There is no number series of that code."))
        return code


def _text_field(name: str, *, lookup: str = "") -> CharField:
    field = ItemJournalLine._meta.get_field(name)
    attrs = {"autocomplete": "off"} | ({"data-lookup": lookup} if lookup else {})
    return CharField(
        label=capfirst(field.verbose_name),
        max_length=field.max_length,
        required=False,
        widget=TextInput(attrs=attrs),
    )


class NewItemJournalLineForm(Form):
    """What a new line is begun with; the rest follows from the line above, the item and the journal."""

    entry_type = ChoiceField(label=_("Entry type"), choices=ENTRY_TYPES, required=False)
    item_no = _text_field("item_no", lookup="item")
    quantity = FigureField(label=_("Quantity"), required=False)
    unit_amount = FigureField(label=_("Unit amount"), required=False)


class ItemJournalLineForm(Form):
    """Every field of an item journal line."""

    posting_date = DayField(label=_("Posting date"), required=False)
    document_date = DayField(label=_("Document date"), required=False)
    entry_type = ChoiceField(label=_("Entry type"), choices=ENTRY_TYPES)
    document_no = _text_field("document_no")
    external_document_no = _text_field("external_document_no")
    item_no = _text_field("item_no", lookup="item")
    variant_code = _text_field("variant_code")
    description = _text_field("description")
    location_code = _text_field("location_code", lookup="location")
    quantity = FigureField(label=_("Quantity"), required=False)
    unit_code = _text_field("unit_code", lookup="unit")
    unit_amount = FigureField(label=_("Unit amount"), required=False)
    discount = AmountField(label=_("Discount amount"), required=False)
    applies_to = IntegerField(label=_("Applies-to entry"), required=False, min_value=1)
    applies_from = IntegerField(label=_("Applies-from entry"), required=False, min_value=1)
    salesperson_code = _text_field("salesperson_code", lookup="salesperson")
    gen_bus = _text_field("gen_bus")
    gen_prod = _text_field("gen_prod")
    serial_no = _text_field("serial_no")
    lot_no = _text_field("lot_no")

    def changes(self) -> dict:
        """The fields that somebody changed, as the line stores them."""
        return {name: stored_item_value(name, self.cleaned_data[name]) for name in self.changed_data}


def stored_item_value(name: str, value: object) -> object:
    """A typed value as an item journal line keeps it.

    raises  ProblemsFound E-TYPED-ENTRY: an entry number that is none
    """
    if name in ("applies_to", "applies_from"):
        if value in (None, ""):
            return None
        if not str(value).isdecimal() or len(str(value)) > LONGEST_ENTRY_NO:
            message = gettext("“{text}” is no entry number.").format(text=value)
            raise ProblemsFound([Problem("E-TYPED-ENTRY", message, field=name)])
        return int(str(value))
    if value is None and name in ("quantity", "discount"):
        return ZERO
    return "" if value is None and isinstance(ItemJournalLine._meta.get_field(name), TextColumn) else value
