"""The mail that a paper goes with, as a form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel import mail
from erp.kernel.errors import Problem


class MailForm(forms.Form):
    """To whom, under which subject, in which words; addresses are separated by semicolons."""

    to = forms.CharField(label=_("To"), max_length=500)
    cc = forms.CharField(label=_("Cc"), max_length=500, required=False)
    bcc = forms.CharField(label=_("Bcc"), max_length=500, required=False)
    title = forms.CharField(label=_("Subject"), max_length=250)
    body = forms.CharField(
        label=_("Text"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 11})
    )
    mark_sent = forms.BooleanField(label=_("Mark as sent"), required=False)

    def __init__(self, *args, asks_mark: bool = False, **options):
        super().__init__(*args, **options)
        if not asks_mark:
            del self.fields["mark_sent"]
        for name in ("to", "cc", "bcc"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_to(self) -> str:
        return self._checked("to", is_needed=True)

    def clean_cc(self) -> str:
        return self._checked("cc")

    def clean_bcc(self) -> str:
        return self._checked("bcc")

    def _checked(self, name: str, *, is_needed: bool = False) -> str:
        text = self.cleaned_data.get(name, "")
        problems: list[Problem] = mail.check_addresses(text, field=name, is_needed=is_needed)
        if problems:
            raise forms.ValidationError([problem.message for problem in problems])
        return text
