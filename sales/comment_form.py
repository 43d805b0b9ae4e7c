from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.forms import DayField
from sales.models import SalesComment
from sales.models.base import PaperLine

MOST = 100  # lines to choose from; of more the number is typed


class CommentForm(forms.Form):
    """A remark on a paper or one of its lines."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=SalesComment._meta.get_field("text").max_length,
        widget=forms.TextInput(attrs={"size": 48, "autocomplete": "off"}),
    )
    line_no = forms.TypedChoiceField(label=_("About"), coerce=int, required=False, empty_value=0)
    date = DayField(label=_("Date"), required=False)

    def __init__(self, *args, lines: Iterable[PaperLine], **options):
        super().__init__(*args, auto_id="comment-%s", **options)
        named = [(line.line_no, f"{line.line_no} {line.number} {line.description}"[:60]) for line in lines]
        self.fields["line_no"].choices = [(0, _("The whole document")), *named]
        if len(named) > MOST:
            self.fields["line_no"].widget = forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off"}
            )
