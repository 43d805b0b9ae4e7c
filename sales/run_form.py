from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import DayField
from sales.models import SalesDocument, SalesSetup


class PostManyForm(forms.Form):
    """How the documents that were chosen on a list are posted."""

    what = forms.ChoiceField(label=_("What"), widget=forms.RadioSelect, initial="ship_and_invoice")
    posting_date = DayField(label=_("Posting date"), required=False)
    replace_posting_date = forms.BooleanField(label=_("Replace posting date"), required=False)
    replace_document_date = forms.BooleanField(label=_("Replace document date"), required=False)
    calc_invoice_discount = forms.BooleanField(label=_("Calculate invoice discount"), required=False)
    stop_at_first_error = forms.BooleanField(label=_("Stop at the first error"), required=False)
    in_background = forms.BooleanField(label=_("In the background"), required=False)

    def __init__(self, *args, type: str, setup: SalesSetup, **options):
        super().__init__(*args, **options)
        traits = SalesDocument(type=type).traits
        goods, money = (_("Receive"), _("Credit")) if traits.receives else (_("Ship"), _("Invoice"))
        both = _("Receive and credit") if traits.receives else _("Ship and invoice")
        self.fields["what"].choices = [("ship", goods), ("invoice", money), ("ship_and_invoice", both)]
        if not traits.in_steps:
            self.fields["what"].required = False
            self.fields["what"].widget = forms.HiddenInput()
        # What the set-up does anyway is not asked.
        self.fields["calc_invoice_discount"].disabled = setup.calc_invoice_discount

    def options(self) -> dict:
        """What was typed, for `schedule`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "what"}
