"""My settings: how the workplace looks and speaks, the work date, and how one logs in."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from erp.account.second_factors import second_factors_of
from erp.kernel.errors import ErpError
from erp.kernel.forms import DayField
from erp.kernel.models.user import User
from erp.kernel.views import refusal_of, work_date
from erp.kernel.views.json import problems_json, read_json
from erp.kernel.views.session import set_work_date
from erp.views.own_names import LANGUAGES


class WorkplaceForm(forms.ModelForm):
    """What a user chooses about their own workplace; none of it grants anything."""

    class Meta:
        model = User
        fields = ["theme", "language", "workplace"]
        labels = {
            "theme": gettext_lazy("Colours"),
            "language": gettext_lazy("Language"),
            "workplace": gettext_lazy("First page"),
        }
        help_texts = {"language": ""}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", gettext_lazy("As the browser asks for")), *LANGUAGES]


class WorkDateForm(forms.Form):
    day = DayField(
        label=gettext_lazy("Work date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show the choices; a form that is sent saves them all."""
    form = WorkplaceForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("settings")
    return render(request, "settings/page.html", _context(request, form=form))


@require_POST
@login_required
def settings_save(request: HttpRequest) -> JsonResponse:
    """Save one choice at once: {"theme": "dark"}. Answers whether the page must be loaded again to show it."""
    try:
        sent = read_json(request)
    except ErpError as error:
        return problems_json(error)
    user = request.user
    names = WorkplaceForm.Meta.fields
    form = WorkplaceForm({name: sent.get(name, getattr(user, name)) for name in names}, instance=user)
    if not form.is_valid():
        return problems_json(refusal_of(form).problems)
    form.save()
    return JsonResponse({"reload": "language" in sent})


@require_POST
@login_required
def settings_day(request: HttpRequest) -> HttpResponse:
    """Work on another day in this session; on a blank or today's date, on each day itself."""
    form = WorkDateForm(request.POST)
    if not form.is_valid():
        context = _context(request, form=WorkplaceForm(instance=request.user), day_form=form)
        return render(request, "settings/page.html", context, status=422)
    day = form.cleaned_data["day"]
    set_work_date(request, None if day == timezone.localdate() else day)
    return redirect("settings")


def _context(request: HttpRequest, *, form: WorkplaceForm, day_form: WorkDateForm | None = None) -> dict:
    today = timezone.localdate()
    day = work_date(request)
    return {
        "form": form,
        "day_form": day_form or WorkDateForm(initial={"day": day.isoformat()}),
        "today": today,
        "is_today": day == today,
        "factors": second_factors_of(request.user),
        "roles": list(request.user.groups.order_by("name").values_list("name", flat=True)),
    }
