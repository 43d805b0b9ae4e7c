"""What people type about money: shape only, the routines judge the rest."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import AmountField, DayField, FigureField
from erp.kernel.models import NumberSeries
from erp.kernel.money import ZERO
from erp.kernel.templatetags.handel import amount as shown_amount
from receivables.models import BankAccount, JournalBatch, JournalLine
from receivables.selectors import EntryRow


class ChosenEntriesForm(forms.Form):
    """Open entries to tick, each with how much of it; a subclass or a view adds what else it asks."""

    def __init__(self, *args, entries: tuple[EntryRow, ...] | list[EntryRow] = (), **options):
        super().__init__(*args, **options)
        self.entries = list(entries)
        for entry in self.entries:
            label = f"{_('Apply')} {entry.document_no}"
            self.fields[f"apply-{entry.entry_no}"] = forms.BooleanField(label=label, required=False)
            field = AmountField(label=f"{_('Amount to apply of')} {entry.document_no}", required=False)
            field.widget.attrs |= {"size": 10, "placeholder": _("all")}
            self.fields[f"amount-{entry.entry_no}"] = field

    def rows(self):
        """The entries with their bound fields."""
        for entry in self.entries:
            yield entry, self[f"apply-{entry.entry_no}"], self[f"amount-{entry.entry_no}"]

    def chosen(self) -> tuple[tuple[int, object], ...]:
        """Entry numbers with the amount to apply of each, in the sign of the entry; None applies all of it."""
        found = []
        for entry in self.entries:
            amount = self.cleaned_data.get(f"amount-{entry.entry_no}")
            if self.cleaned_data.get(f"apply-{entry.entry_no}") or amount:
                found.append((entry.entry_no, _signed(amount, entry) if amount else None))
        return tuple(found)


def _signed(amount, entry: EntryRow):
    """People type what is settled as a positive figure, whichever way it goes."""
    return abs(amount) if entry.remaining > 0 else -abs(amount)


class PaymentForm(ChosenEntriesForm):
    """Money that came in from a customer, and what it is for."""

    APPLY = (
        ("chosen", _("Chosen entries")),
        ("oldest", _("Oldest first")),
        ("none", _("Nothing yet")),
    )

    amount = AmountField(label=_("Amount"))
    on = DayField(label=_("Posting date"))
    bank = forms.ModelChoiceField(
        label=_("Bank account"),
        queryset=BankAccount.objects.none(),
        empty_label=_("The usual one"),
        required=False,
    )
    external_document_no = forms.CharField(label=_("Reference"), max_length=35, required=False)
    refund = forms.BooleanField(label=_("Refund to the customer"), required=False)
    apply = forms.ChoiceField(label=_("Settles"), choices=APPLY, initial="chosen", widget=forms.RadioSelect)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        accounts = BankAccount.objects.select_related("posting_group", "currency").filter(blocked=False)
        self.fields["bank"].queryset = accounts


class ApplicationForm(ChosenEntriesForm):
    on = DayField(label=_("Posting date"), required=False)


class UnapplicationForm(forms.Form):
    on = DayField(label=_("Posting date"), required=False)


class BatchForm(forms.ModelForm):
    """A journal: its name when it is new, its defaults always."""

    class Meta:
        model = JournalBatch
        fields = ("name", "description", "number_series", "bal_account_type", "bal_account_no")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["name"]

    def clean_number_series(self):
        code = self.cleaned_data["number_series"].strip().upper()
        if code and not NumberSeries.objects.filter(code=code).exists():
            raise ValidationError(_("There is no number series of that code."))
        return code


def _text_field(name: str, *, lookup: str = "", **options) -> forms.CharField:
    field = JournalLine._meta.get_field(name)
    options.setdefault("label", capfirst(field.verbose_name))
    attrs = {"autocomplete": "off"} | ({"data-lookup": lookup} if lookup else {})
    return forms.CharField(
        required=False, max_length=field.max_length, widget=forms.TextInput(attrs=attrs), **options
    )


def _choice_field(name: str) -> forms.ChoiceField:
    field = JournalLine._meta.get_field(name)
    return forms.ChoiceField(label=capfirst(field.verbose_name), choices=field.flatchoices, required=False)


class NewJournalLineForm(forms.Form):
    """What a new line is begun with; the rest follows from the line above, the account and the journal."""

    account_no = _text_field("account_no")
    applies_to_document_no = _text_field("applies_to_document_no")
    amount = AmountField(label=_("Amount"), required=False)


class JournalLineForm(forms.Form):
    """Every field of a journal line."""

    posting_date = DayField(label=_("Posting date"), required=False)
    document_date = DayField(label=_("Document date"), required=False)
    document_type = _choice_field("document_type")
    document_no = _text_field("document_no")
    external_document_no = _text_field("external_document_no")
    account_type = _choice_field("account_type")
    account_no = _text_field("account_no")
    description = _text_field("description")
    currency_code = _text_field("currency_code", lookup="currency")
    amount = AmountField(label=_("Amount"), required=False)
    bal_account_type = _choice_field("bal_account_type")
    bal_account_no = _text_field("bal_account_no")
    applies_to_document_type = _choice_field("applies_to_document_type")
    applies_to_document_no = _text_field("applies_to_document_no")
    due_date = DayField(label=_("Due date"), required=False)
    payment_terms_code = _text_field("payment_terms_code", lookup="payment-terms")
    payment_discount_date = DayField(label=_("Pmt. discount date"), required=False)
    payment_discount_percent = FigureField(
        label=_("Pmt. discount %"), required=False, min_value=0, max_value=100
    )
    on_hold = _text_field("on_hold")
    salesperson_code = _text_field("salesperson_code", lookup="salesperson")
    reason_code = _text_field("reason_code", lookup="reason")
    gen_posting_type = _choice_field("gen_posting_type")
    gen_bus = _text_field("gen_bus")
    gen_prod = _text_field("gen_prod")
    vat_bus = _text_field("vat_bus")
    vat_prod = _text_field("vat_prod")
    correction = forms.BooleanField(label=_("Correction"), required=False)

    def changes(self) -> dict:
        """The fields that somebody changed, as the line stores them."""
        return {name: stored(name, self.cleaned_data[name]) for name in self.changed_data}


def stored(name: str, value: object) -> object:
    """A typed value as a journal line keeps it: an amount that was cleared is zero, a text is empty."""
    if value is None and name == "amount":
        return ZERO
    return "" if value is None and isinstance(JournalLine._meta.get_field(name), CharField) else value


class RegistrationForm(forms.Form):
    """What is searched on the page of payment registration, and what its statement says."""

    q = forms.CharField(label=_("Number or customer"), max_length=100, required=False)
    find = AmountField(label=_("Amount on the statement"), required=False)
    tolerance = FigureField(label=_("± %"), required=False, min_value=0, max_value=100)
    bank = forms.ModelChoiceField(
        label=_("Bank account"), queryset=BankAccount.objects.none(), empty_label=None, required=False
    )
    on = DayField(label=_("Date received"), required=False)
    statement = AmountField(label=_("Total of the statement"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        accounts = BankAccount.objects.select_related("posting_group", "currency").filter(blocked=False)
        self.fields["bank"].queryset = accounts
        self.fields["tolerance"].widget.attrs["size"] = 3

    def clean_q(self):
        return self.cleaned_data["q"].replace("\0", "").strip()


class PaidForm(forms.Form):
    """What was received for one open entry; what is left blank is suggested."""

    made = forms.BooleanField(required=False)
    on = DayField(required=False)
    amount = AmountField(required=False, min_value=0)
    reference = forms.CharField(max_length=35, required=False)

    def __init__(self, *args, entry: EntryRow, **options):
        super().__init__(*args, **options)
        labels = {
            "made": _("Payment made"),
            "on": _("Date received"),
            "amount": _("Amount received"),
            "reference": _("External document no."),
        }
        for name, label in labels.items():
            self.fields[name].label = f"{label}, {entry.document_no}"
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
        self.fields["reference"].widget.attrs["autocomplete"] = "off"

    def suggest(self, amount) -> None:
        """Show what is expected where nothing is typed."""
        self.fields["amount"].widget.attrs["placeholder"] = shown_amount(amount)

    def tick(self) -> None:
        """A row that was typed into counts as ticked, and shows it."""
        self.data = {**{name: self.data.get(name) for name in self.data}, self.add_prefix("made"): "on"}
