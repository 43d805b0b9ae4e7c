from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import DayField


class PeriodForm(forms.Form):
    """From when to when; both blank is all there is."""

    start = DayField(label=_("From"), required=False)
    on = DayField(label=_("To"), required=False)
    all = forms.BooleanField(label=_("Show accounts without amounts"), required=False)

    def clean(self):
        typed = super().clean()
        start, on = typed.get("start"), typed.get("on")
        if start and on and on < start:
            self.add_error("on", _("The last day lies before the first."))
        return typed
