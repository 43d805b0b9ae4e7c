"""Set-up: the applications that may connect. Whoever manages users manages them: they act as users."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from erp.kernel.applications import Kind, change, new_secret, register
from erp.kernel.errors import ErpError
from erp.kernel.models import Application, User
from erp.kernel.views import may, refusal_of
from erp.views.scope_choice import ScopeForm

RIGHTS = ("kernel.view_user", "kernel.change_user")


class ApplicationForm(ScopeForm):
    """An application; its kind is chosen once."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Acts for"), choices=Kind.choices)
    user = forms.ModelChoiceField(
        label=gettext_lazy("Acts as"),
        queryset=User.objects.none(),
        required=False,
        help_text=gettext_lazy("The user whose rights a machine has. Best one of its own."),
    )
    redirect_uris = forms.CharField(
        label=gettext_lazy("Redirect addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 44, "spellcheck": "false"}),
        help_text=gettext_lazy("Where persons are sent back to, one on each line. None for a machine."),
    )
    blocked = forms.BooleanField(label=gettext_lazy("May not connect"), required=False)
    field_order = ("name", "kind", "user", "redirect_uris", "blocked", "scopes")

    def __init__(self, *args, by: User, application: Application | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        users = User.objects.filter(is_active=True).order_by("username")
        if application is None:
            del self.fields["blocked"]
        else:
            del self.fields["kind"], self.fields["redirect_uris" if application.is_machine else "user"]
            users |= User.objects.filter(pk=application.user_id)
        if "user" in self.fields:
            self.fields["user"].queryset = users if by.is_superuser else users.filter(is_superuser=False)

    def given(self) -> dict:
        """What the routines take."""
        uris = self.cleaned_data.get("redirect_uris", "").split()
        return {"user": None} | self.cleaned_data | {"redirect_uris": uris}


@may(*RIGHTS)
def application_list(request: HttpRequest) -> HttpResponse:
    """Every application, and as whom it acts."""
    return render(
        request, "setup/applications.html", {"applications": Application.objects.select_related("user")}
    )


@may(*RIGHTS)
@never_cache
def application_new(request: HttpRequest) -> HttpResponse:
    """Register one; the answer is the one page that ever shows its secret."""
    form = ApplicationForm(request.POST or None, by=request.user)
    if request.method != "POST":
        return render(request, "setup/application.html", {"form": form})
    try:
        if form.is_valid():
            given = form.given()
            application, secret = register(given.pop("name"), Kind(given.pop("kind")), **given)
            return _made(request, application, secret)
        refusal = refusal_of(form)
    except ErpError as error:
        refusal = refusal_of(error)
    context = {"form": form, "refusal": refusal}
    return render(request, "setup/application.html", context, status=refusal.status)


@may(*RIGHTS)
def application_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What an application may, to be changed."""
    application = _within_reach(request, pk)
    initial = {
        "name": application.name,
        "user": application.user,
        "redirect_uris": application.redirect_uris,
        "blocked": application.blocked,
        "scopes": application.scopes,
    }
    form = ApplicationForm(request.POST or None, by=request.user, application=application, initial=initial)
    refusal = None
    if request.method == "POST":
        try:
            if form.is_valid():
                change(application, **form.given())
                messages.success(request, _("{application} is saved.").format(application=application))
                return redirect("setup-application", application.pk)
            refusal = refusal_of(form)
        except ErpError as error:
            refusal = refusal_of(error)
    context = {"form": form, "application": application, "refusal": refusal}
    return render(request, "setup/application.html", context, status=refusal.status if refusal else 200)


@require_POST
@may(*RIGHTS)
@never_cache
def application_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an application another secret; the one page that shows it."""
    application = _within_reach(request, pk)
    if not application.has_secret:
        raise PermissionDenied
    return _made(request, application, new_secret(application))


def _made(request: HttpRequest, application: Application, secret: str) -> HttpResponse:
    return render(request, "setup/application_made.html", {"application": application, "secret": secret})


def _within_reach(request: HttpRequest, pk: int) -> Application:
    """Who may not do everything does not take over what acts as somebody who may."""
    application = get_object_or_404(Application.objects.select_related("user"), pk=pk)
    user = application.user
    if user is not None and user.is_superuser and not request.user.is_superuser:
        raise PermissionDenied
    return application
