"""Our own pages around log-in: the tab that was opened for it, a form older than it, other sessions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.account.sessions import end_other_sessions


@login_required
def logged_in(request: HttpRequest) -> HttpResponse:
    """Where a log-in ends that a page asked for in a tab of its own: the work goes on in the other tab."""
    return render(request, "account/logged_in.html")


@require_POST
@login_required
def logout_elsewhere(request: HttpRequest) -> HttpResponse:
    """End every session of this user but this one."""
    ended = end_other_sessions(request.user, keep=request.session.session_key, now=timezone.now())
    if ended:
        words = ngettext("{count} other session has ended.", "{count} other sessions have ended.", ended)
        messages.success(request, words.format(count=ended))
    else:
        messages.info(request, _("You are logged in nowhere else."))
    return redirect("settings")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of a page that is older than the latest log-in; `drafts.js` has kept what was typed into it."""
    return render(request, "account/stale.html", status=403)
