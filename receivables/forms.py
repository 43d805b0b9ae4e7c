"""What people type about money: shape only, the routines judge the rest."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import AmountField, DayField
from receivables.models import BankAccount
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
