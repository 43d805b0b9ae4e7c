"""My access tokens, and the applications that I let act for me."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from erp.kernel.access_tokens import LONGEST_LIFE, STANDARD_LIFE, issue, revoke
from erp.kernel.api.scopes import SCOPES
from erp.kernel.applications import applications_of, withdraw
from erp.kernel.models import AccessToken, Application
from erp.kernel.views import refusal_of
from erp.views.scope_choice import ScopeForm

LATEST = 100


class TokenForm(ScopeForm):
    """What a token is for, and how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("What it is for, so that you know it again."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days until it expires"),
        min_value=1,
        max_value=LONGEST_LIFE.days,
        initial=STANDARD_LIFE.days,
    )
    field_order = ("name", "days", "scopes")


@login_required
def token_list(request: HttpRequest) -> HttpResponse:
    """The user's tokens, the newest first, and whom else they let in."""
    now = timezone.now()
    tokens = AccessToken.objects.filter(user=request.user)[:LATEST]
    context = {
        "tokens": [
            (token, token.is_live(now), [SCOPES.get(scope, scope) for scope in token.scopes])
            for token in tokens
        ],
        "applications": applications_of(request.user, at=now),
    }
    return render(request, "settings/tokens.html", context)


@login_required
@never_cache
@reauthentication_required
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token; the answer is the one page that ever shows it."""
    form = TokenForm(request.POST or None)
    if request.method != "POST":
        return render(request, "settings/token_new.html", {"form": form})
    if not form.is_valid():
        context = {"form": form, "refusal": refusal_of(form)}
        return render(request, "settings/token_new.html", context, status=422)
    now, given = timezone.now(), form.cleaned_data
    expires_at = now + timedelta(days=given["days"])
    token, plain = issue(request.user, given["name"], given["scopes"], expires_at=expires_at, at=now)
    return render(request, "settings/token_made.html", {"token": token, "plain": plain})


@require_POST
@login_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one of the user's own tokens."""
    token = get_object_or_404(AccessToken, pk=pk, user=request.user)
    revoke(token, at=timezone.now())
    messages.success(request, _("{token} opens nothing any more.").format(token=token.name))
    return redirect("tokens")


@require_POST
@login_required
def application_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what an application was let do for the user."""
    application = get_object_or_404(Application, pk=pk)
    withdraw(application, request.user)
    messages.success(request, _("{application} acts for you no longer.").format(application=application))
    return redirect("tokens")
