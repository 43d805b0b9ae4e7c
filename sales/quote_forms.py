"""What people type on the pages of a quote: shape only, the routines judge the rest."""

from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerTemplate
from erp.kernel.forms import DayField, FigureField
from sales.models import QuoteProgress, ReasonCode, SalesDocument, SalesLine
from sales.plans.quote import progress_of

Stage = QuoteProgress.Stage


def _text(label, *, length: int, size: int = 28, **options) -> forms.CharField:
    widget = forms.TextInput(attrs={"size": size, "autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=length, required=options.pop("required", False), widget=widget, **options
    )


class ProspectForm(forms.Form):
    """Who a quote is for, where it is no customer yet, and how they would be served."""

    sell_to_name = _text(_("Name"), length=100)
    template = forms.ChoiceField(
        label=_("Customer template"),
        required=False,
        help_text=_("It says how they are taxed, and their prices"),
    )
    sell_to_contact = _text(_("Contact"), length=100)
    sell_to_address = _text(_("Address"), length=100)
    sell_to_post_code = _text(_("Post code"), length=20, size=8)
    sell_to_city = _text(_("City"), length=30, size=16)
    sell_to_country_code = _text(_("Country"), length=2, size=3)
    sell_to_email = _text(_("E-mail"), length=80)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        templates = CustomerTemplate.objects.order_by("code")
        choices = [(row.code, f"{row.code} · {row.description}") for row in templates]
        self.fields["template"].choices = [("", _("Choose a template")), *choices]

    def given(self) -> dict:
        """What was typed, for `draft`."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class OutlookForm(forms.Form):
    """How likely the quote is to be won, and what comes next."""

    probability_percent = FigureField(label=_("Probability %"), min_value=0, max_value=100)
    follow_up_date = DayField(label=_("Follow up on"), required=False)
    competitor = _text(_("Competitor"), length=100)
    remark = _text(_("Remark"), length=250, size=40)

    def __init__(self, *args, quote: SalesDocument, **options):
        progress = progress_of(quote)
        initial = {name: getattr(progress, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **options)

    def changes(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class CloseForm(forms.Form):
    """Why a quote comes to nothing."""

    what = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (Stage.LOST, _("Lost: the customer decided against it")),
            (Stage.CANCELLED, _("Cancelled: we withdraw it")),
        ],
        initial=Stage.LOST,
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    competitor = _text(_("Competitor"), length=100)
    remark = _text(_("Remark"), length=250, size=40)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        reasons = ReasonCode.objects.order_by("code")
        self.fields["reason"].choices = [
            ("", _("Choose a reason")),
            *((row.code, row.description or row.code) for row in reasons),
        ]


class ConvertForm(forms.Form):
    """What of a quote becomes an order or invoice, and what is asked on the way."""

    recalculate = forms.BooleanField(label=_("At the prices of today, not those offered"), required=False)
    create_customer = forms.BooleanField(label=_("Create the customer"), required=False)
    customer_no = _text(_("Customer no."), length=20, size=12, help_text=_("Blank: the next of its series"))
    keep_rest = forms.BooleanField(
        label=_("Keep the quote with what is not ordered"), required=False, initial=True
    )
    archive = forms.BooleanField(label=_("Archive the quote"), required=False, initial=True)

    def __init__(self, *args, quote: SalesDocument, lines: Iterable[SalesLine], asks: bool, **options):
        super().__init__(*args, **options)
        if not quote.is_for_prospect:
            del self.fields["create_customer"], self.fields["customer_no"]
        if not asks:
            del self.fields["archive"]
        self.lines = [line for line in lines if line.sells_something]
        for line in self.lines:
            field = FigureField(label=f"{_('Quantity')}, {_('line')} {line.line_no}", required=False)
            field.initial = line.quantity
            field.widget.attrs["size"] = 8
            self.fields[f"quantity-{line.line_no}"] = field

    @property
    def questions(self) -> list:
        """The fields that are no quantities."""
        return [self[name] for name in self.fields if not name.startswith("quantity-")]

    @property
    def quantities(self) -> list[tuple]:
        return [(line, self[f"quantity-{line.line_no}"]) for line in self.lines]

    def given(self) -> dict:
        """For `make_order`; a part only where a quantity was changed. A quantity that was not sent is as it was."""
        typed, part = self.cleaned_data, {}
        for line in self.lines:
            name = f"quantity-{line.line_no}"
            part[line.line_no] = (typed[name] or Decimal(0)) if name in self.data else line.quantity
        is_whole = all(part[line.line_no] == line.quantity for line in self.lines)
        names = ("recalculate", "keep_rest", "create_customer", "customer_no", "archive")
        return {name: typed[name] for name in names if name in typed} | {"part": None if is_whole else part}


class AssignForm(forms.Form):
    """The customer that a prospect is, or becomes."""

    customer = forms.CharField(
        label=_("Customer"),
        max_length=100,
        required=False,
        help_text=_("Number, name or city of one that there is; blank creates a new one"),
        widget=forms.TextInput(attrs={"list": "customers", "autocomplete": "off", "size": 32}),
    )
    name = _text(_("Name of the new customer"), length=100)
    number = _text(
        _("No. of the new customer"), length=20, size=12, help_text=_("Blank: the next of its series")
    )
    recalculate = forms.BooleanField(
        label=_("At the customer's own prices, not those offered"), required=False
    )


class BlanketForm(forms.Form):
    """The line of a blanket order that another line counts on."""

    blanket_no = _text(_("Blanket order no."), length=20, size=14)
    blanket_line_no = forms.IntegerField(
        label=_("Its line"), required=False, min_value=1, max_value=2**31 - 1
    )

    def given(self) -> dict:
        typed = self.cleaned_data
        return {"blanket_no": typed["blanket_no"], "blanket_line_no": typed["blanket_line_no"] or 0}


class ExpiredForm(forms.Form):
    """Which quotes have had their day."""

    before = DayField(label=_("Valid until a day before"))
    archive = forms.BooleanField(label=_("Archive them"), required=False, initial=True)
