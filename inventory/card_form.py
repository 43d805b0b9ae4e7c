"""The card of an item on the pages: sections for who may change it, and what a new one is told first."""

from collections.abc import Collection, Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import FigureField
from inventory.checks import check_item
from inventory.forms import ItemForm, show
from inventory.models import Item, UnitOfMeasure
from inventory.models.setup import InventoryPostingGroup
from inventory.routines.change_item import clear_stock_fields
from posting.models import GeneralProductGroup, VATProductGroup

COST = frozenset(
    {"unit_cost", "standard_cost", "indirect_cost_percent", "overhead_rate", "profit_percent", "costing_method",
     "price_profit_calculation"}
)  # fmt: skip
SECTIONS = {
    _("General"): ("description", "description_2", "search_description", "number_2", "type", "base_unit",
                   "category_code", "gtin", "shelf_no", "blocked", "block_reason", "sales_blocked",
                   "purchasing_blocked"),
    _("Prices and sales"): ("unit_price", "price_includes_vat", "vat_bus_posting_group_price",
                            "price_profit_calculation", "profit_percent", "allow_invoice_discount",
                            "discount_group_code", "sales_unit"),
    _("Costs and posting"): ("costing_method", "standard_cost", "unit_cost", "indirect_cost_percent",
                             "overhead_rate", "gen_prod_posting_group", "vat_prod_posting_group",
                             "inventory_posting_group"),
    _("Stock"): ("purchase_unit", "variant_mandatory", "stockout_warning", "prevent_negative_inventory", "reserve"),
    _("Weight and customs"): ("net_weight", "gross_weight", "unit_volume", "units_per_parcel", "tariff_no",
                              "country_of_origin_code"),
}  # fmt: skip
SHOWN = tuple(name for names in SECTIONS.values() for name in names)
LABELS = {
    "base_unit": _("base unit of measure"),
    "sales_unit": _("sales unit"),
    "purchase_unit": _("purchase unit"),
    "variant_mandatory": _("variant mandatory"),
    "stockout_warning": _("stockout warning"),
    "prevent_negative_inventory": _("prevent negative inventory"),
    "reserve": _("reserve"),
    "vat_bus_posting_group_price": _("VAT bus. posting group (price)"),
    "price_profit_calculation": _("price/profit calculation"),
    "costing_method": _("costing method"),
    "gen_prod_posting_group": _("gen. prod. posting group"),
    "vat_prod_posting_group": _("VAT prod. posting group"),
    "inventory_posting_group": _("inventory posting group"),
}
FIGURES = ("unit_price", "profit_percent", "standard_cost", "unit_cost", "indirect_cost_percent", "overhead_rate",
           "net_weight", "gross_weight", "unit_volume", "units_per_parcel")  # fmt: skip


def label_of(name: str) -> str:
    """What a field of the card is called."""
    label = str(LABELS.get(name) or Item._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


class CardForm(ItemForm):
    """The card as it is, to be changed.

    closed  names of fields that whoever changes the card may not even see
    """

    class Meta:
        model = Item
        fields = SHOWN

    def __init__(self, *args, closed: Collection[str] = (), **options):
        super().__init__(*args, **options)
        for name in closed:
            self.fields.pop(name, None)
        for name in FIGURES:
            if name in self.fields:
                self.fields[name] = FigureField(required=False)
        for name, field in self.fields.items():
            field.label = label_of(name)
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = "–"
            if name in ("sales_unit", "purchase_unit"):
                held = self.instance.units.values_list("unit_id", flat=True)
                field.queryset = UnitOfMeasure.objects.filter(pk__in=list(held))

    def clean(self):
        for name in FIGURES:
            if name in self.fields and self.cleaned_data.get(name, 0) is None:
                self.cleaned_data[name] = 0
        return super().clean()

    def _check_card(self, cleaned: dict) -> None:
        """The stored card as it would be; fields that are closed stay what they are."""
        draft = Item.objects.get(pk=self.instance.pk)
        for name, value in cleaned.items():
            setattr(draft, name, value)
        if not draft.keeps_stock and "type" in self.changed_data:
            clear_stock_fields(draft)
        show(self, check_item(draft))

    def sections(self) -> Iterator[tuple[str, list, list]]:
        """Title and fields; sections of which nothing may be seen are left out."""
        for title, names in SECTIONS.items():
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield str(title), fields, []

    def changes(self) -> dict[str, object]:
        """What was typed that is not so already."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}


class NewItemForm(forms.Form):
    """What is asked of a new item before there is a card; the rest follows from the set-up."""

    description = forms.CharField(
        label=_("Description"), max_length=100, widget=forms.TextInput(attrs={"autofocus": True})
    )
    number = forms.CharField(
        label=_("No."), max_length=20, required=False, help_text=_("blank: the next of the number series")
    )
    type = forms.ChoiceField(label=_("Type"), choices=Item.Type.choices)
    base_unit = forms.ModelChoiceField(
        UnitOfMeasure.objects.order_by("code"), to_field_name="code", label=_("Base unit of measure")
    )
    unit_price = FigureField(label=_("Unit price"), min_value=0, required=False)
    gen_prod_posting_group = forms.ModelChoiceField(
        GeneralProductGroup.objects.order_by("code"),
        to_field_name="code",
        label=_("Gen. prod. posting group"),
    )
    vat_prod_posting_group = forms.ModelChoiceField(
        VATProductGroup.objects.order_by("code"), to_field_name="code", label=_("VAT prod. posting group")
    )
    inventory_posting_group = forms.ModelChoiceField(
        InventoryPostingGroup.objects.order_by("code"),
        to_field_name="code",
        required=False,
        label=_("Inventory posting group"),
        help_text=_("of goods that are kept in stock"),
    )
    gtin = forms.CharField(label=_("GTIN"), max_length=14, required=False)

    def given(self) -> dict[str, object]:
        """The fields of the card that something was entered into."""
        kept = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        kept.pop("number", None)
        if kept["type"] != Item.Type.INVENTORY:
            kept.pop("inventory_posting_group", None)
        return kept
