"""What reports ask for. A form per kind of question; its values stand in the address, so that it can be sent on."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.kernel.errors import ErpError
from erp.kernel.forms import DayField, MomentField
from erp.kernel.periods import DateFormula
from inventory.models import Item, Location
from receivables.selectors import DOCUMENT, DUE, POSTING, bucket_starts

DAY = timedelta(days=1)


class ReportForm(forms.Form):
    """The parameters of a report. `defaults` says what is asked when the address says nothing."""

    def __init__(self, data=None, *, on: date, **options):
        options.setdefault("auto_id", "report_%s")
        super().__init__(data, **options)
        self.on = on

    @classmethod
    def defaults(cls, on: date) -> dict[str, Any]:
        """The values a reader most likely wants, by the work date."""
        return {}

    @classmethod
    def reading(cls, address: Mapping[str, str], *, on: date) -> "ReportForm":
        """The form as an address fills it: what it leaves out is as by default, unless it says anything at all.

        A box that is not ticked is not in an address; so boxes count as by default only where nothing else is said.
        """
        says = any(name in address for name in cls.base_fields)
        typed = {}
        for name, value in cls.defaults(on).items():
            is_box = isinstance(cls.base_fields[name], forms.BooleanField)
            if not (is_box and says):
                typed[name] = value
        typed |= {name: address[name].replace("\0", "") for name in cls.base_fields if name in address}
        return cls(typed, on=on)

    def asked(self) -> dict[str, str]:
        """What is asked, as an address says it; only after `is_valid`."""
        said = {}
        for name, value in self.cleaned_data.items():
            if isinstance(value, bool):
                said[name] = "on" if value else ""
            elif isinstance(value, date):
                said[name] = value.isoformat()
            else:
                said[name] = getattr(value, "number", None) or getattr(value, "code", None) or value or ""
        return {name: str(value) for name, value in said.items() if value != ""}

    def said(self) -> list[tuple[str, str]]:
        """What is asked, in words for a head: label and value of each parameter that says something."""
        from erp.kernel.templatetags.handel import day, moment

        words = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "", False):
                continue
            if isinstance(value, datetime):
                text = moment(value)
            elif isinstance(value, date):
                text = day(value)
            elif value is True:
                text = str(_("Yes"))
            elif isinstance(field, forms.ChoiceField):
                text = str(dict(field.choices).get(value, value))
            else:
                text = str(value)
            words.append((str(field.label), text))
        return words


class KnownField(MomentField):
    """The moment whose knowledge is asked for; blank, and a moment to come: now."""

    def __init__(self):
        help_text = _("what was posted later does not count, whatever its date")
        super().__init__(label=_("As known at"), required=False, help_text=help_text)


class CustomerField(forms.CharField):
    """A customer by number."""

    def __init__(self, **options):
        attrs = {"data-lookup": "customer", "autocomplete": "off"}
        options.setdefault("widget", forms.TextInput(attrs=attrs))
        options.setdefault("label", _("Customer"))
        super().__init__(max_length=20, **options)

    def clean(self, value):
        number = super().clean(value).strip()
        if not number:
            return None
        customer = Customer.objects.filter(number__iexact=number).first()
        if customer is None:
            raise forms.ValidationError(
                _("There is no customer %(number)s. Type a number that is on the list of customers."),
                params={"number": number},
            )
        return customer


class ItemField(forms.CharField):
    """An item by number."""

    def __init__(self, **options):
        attrs = {"data-lookup": "item", "autocomplete": "off"}
        super().__init__(label=_("Item"), max_length=20, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value):
        number = super().clean(value).strip()
        if not number:
            return None
        item = Item.objects.filter(number__iexact=number).first()
        if item is None:
            raise forms.ValidationError(
                _("There is no item %(number)s. Type a number that is on the list of items."),
                params={"number": number},
            )
        return item


class LocationField(forms.ChoiceField):
    """All locations, or one."""

    def __init__(self, **options):
        super().__init__(label=_("Location"), required=False, choices=self._locations, **options)

    @staticmethod
    def _locations():
        codes = Location.objects.order_by("code").values_list("code", flat=True)
        return [("", _("All locations")), *((code, code) for code in codes)]


class SpanForm(ReportForm):
    """From one day to another, both included."""

    start = DayField(label=_("From"))
    end = DayField(label=_("To"))

    @classmethod
    def defaults(cls, on: date) -> dict[str, Any]:
        return {"start": on.replace(day=1), "end": on}

    def clean(self):
        typed = super().clean()
        start, end = typed.get("start"), typed.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day lies before the first."))
        return typed

    def usual(self) -> list[tuple[str, date, date]]:
        """Spans that people ask for, by the work date."""
        on = self.on
        month, quarter, year = (DateFormula.parse(f"-C{unit}").on(on) for unit in "MQY")
        last = {unit: DateFormula.parse(f"-C{unit}").on(begun - DAY) for unit, begun in
                (("M", month), ("Q", quarter), ("Y", year))}  # fmt: skip
        return [
            (_("This month"), month, DateFormula.parse("CM").on(on)),
            (_("Last month"), last["M"], month - DAY),
            (_("This quarter"), quarter, DateFormula.parse("CQ").on(on)),
            (_("Last quarter"), last["Q"], quarter - DAY),
            (_("This year"), year, DateFormula.parse("CY").on(on)),
            (_("Last year"), last["Y"], year - DAY),
        ]


def clean_period(text: str) -> str:
    """A date formula that leads back evenly; ageing cuts its columns with it."""
    try:
        bucket_starts(date(2026, 3, 31), text)
    except ErpError as error:
        raise forms.ValidationError(error.message)
    return text


class AgeingForm(ReportForm):
    on_day = DayField(label=_("Aged as of"))
    by = forms.ChoiceField(
        label=_("Aged by"),
        choices=[(DUE, _("Due date")), (POSTING, _("Posting date")), (DOCUMENT, _("Document date"))],
    )
    period = forms.CharField(
        label=_("Period length"), max_length=20, help_text=_("a date formula, as 30D or 1M")
    )
    customer = CustomerField(required=False)
    detail = forms.BooleanField(label=_("Show entries"), required=False)
    known_at = KnownField()

    @classmethod
    def defaults(cls, on: date) -> dict[str, Any]:
        return {"on_day": on, "by": DUE, "period": "30D"}

    def clean_period(self):
        return clean_period(self.cleaned_data["period"])


class StatementForm(SpanForm):
    customer = CustomerField()
    style = forms.ChoiceField(
        label=_("Style"), choices=[("balance", _("Balance forward")), ("open", _("Open items"))]
    )
    overdue = forms.BooleanField(label=_("List what is overdue"), required=False)
    undone = forms.BooleanField(label=_("Show what was reversed or unapplied"), required=False)
    period = forms.CharField(
        label=_("Period length"), max_length=20, help_text=_("of the ageing, as 30D or 1M")
    )
    known_at = KnownField()

    field_order = ["customer", "start", "end", "style", "overdue", "undone", "period", "known_at"]

    @classmethod
    def defaults(cls, on: date) -> dict[str, Any]:
        return super().defaults(on) | {"style": "balance", "period": "30D", "overdue": "on"}

    def clean_period(self):
        return clean_period(self.cleaned_data["period"])


class SalesForm(SpanForm):
    compare = forms.ChoiceField(
        label=_("Compare with"),
        required=False,
        choices=[
            ("", _("Nothing")),
            ("year", _("The same days a year before")),
            ("before", _("The days just before")),
        ],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Highest sales first")), ("number", _("By number"))],
    )

    @classmethod
    def defaults(cls, on: date) -> dict[str, Any]:
        return super().defaults(on) | {"compare": "year"}


class ValuationForm(ReportForm):
    on_day = DayField(label=_("As of"))
    item = ItemField(required=False)
    location = LocationField()
    known_at = KnownField()

    @classmethod
    def defaults(cls, on: date) -> dict[str, Any]:
        return {"on_day": on}


class TrialBalanceForm(SpanForm):
    closing = forms.BooleanField(label=_("Count closing entries of the last day"), required=False)
    all = forms.BooleanField(label=_("Show accounts without amounts"), required=False)
    known_at = KnownField()

    @classmethod
    def defaults(cls, on: date) -> dict[str, Any]:
        return {"start": DateFormula.parse("-CY").on(on), "end": on}


class VATForm(SpanForm):
    type = forms.ChoiceField(
        label=_("Type"),
        required=False,
        choices=[("", _("All")), ("sale", _("Sale")), ("purchase", _("Purchase"))],
    )
    detail = forms.BooleanField(label=_("Show entries"), required=False)


class BackOrderForm(ReportForm):
    until = DayField(label=_("Shipment date until"), required=False)
    customer = CustomerField(required=False)
    location = LocationField()
    released = forms.BooleanField(label=_("Released orders only"), required=False)
