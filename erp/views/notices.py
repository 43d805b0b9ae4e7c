"""The user's notices: the list, the count under the bell, and reading them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from erp.kernel.models.workplace import Notice
from erp.kernel.notices import mark_read, unread
from erp.kernel.views import page_of

MOST = 99  # more than that are "99+"


@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """What the user was told, the newest first."""
    page = page_of(Notice.objects.filter(user=request.user), request)
    return render(request, "notices/list.html", {"page": page, "unread": unread_count(request.user)})


@login_required
def notice_count(request: HttpRequest) -> JsonResponse:
    """How many are unread; asked by every open page once a minute."""
    return JsonResponse({"unread": unread_count(request.user)})


@login_required
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; it counts as read from then on."""
    notice = get_object_or_404(Notice, pk=pk, user=request.user)
    mark_read(request.user, at=timezone.now(), only=[pk])
    is_ours = url_has_allowed_host_and_scheme(notice.url, allowed_hosts={request.get_host()})
    return redirect(notice.url if notice.url and is_ours else "notices")


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    mark_read(request.user, at=timezone.now())
    return redirect("notices")


def unread_count(user) -> int:
    """At most one more than MOST: nobody needs to know how many exactly."""
    return unread(user).order_by()[: MOST + 1].count()
