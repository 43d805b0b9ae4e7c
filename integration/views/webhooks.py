"""Webhooks under Set-up: who is told of changes, what was told, and once more what failed.

Who may see all subscriptions sees all; everybody else their own. Acting on those of others needs the right to change.
"""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.feed import KEEP
from erp.kernel.views import may, page_of, refusal_of
from integration.models import Subscription, WebhookNotice
from integration.webhooks.deliver import replay, replay_failed
from integration.webhooks.subscribe import end, resume

Status = WebhookNotice.Status
SEE, CHANGE = "integration.view_subscription", "integration.change_subscription"


@may()
def subscription_list(request: HttpRequest) -> HttpResponse:
    """The subscriptions, the latest first; `?show=ended`: those that have ended."""
    show = "ended" if request.GET.get("show") == "ended" else "active"
    rows = _subscriptions(request).filter(ended_at__isnull=show == "active")
    rows = rows.annotate(
        waiting=Count("notices", filter=Q(notices__status=Status.WAITING)),
        failed=Count("notices", filter=Q(notices__status=Status.FAILED)),
    )
    context = {"page": page_of(rows, request), "show": show, "sees_all": request.user.has_perm(SEE)}
    return render(request, "integration/webhooks/list.html", context)


@may()
def subscription_page(request: HttpRequest, subscription_id: str) -> HttpResponse:
    """One subscription and its notices of the last week."""
    return _show(request, _subscription_or_404(request, subscription_id))


@require_POST
@may()
def subscription_end(request: HttpRequest, subscription_id: str) -> HttpResponse:
    subscription = _changeable(request, subscription_id)
    end(subscription, at=timezone.now())
    messages.success(request, _("This subscription has ended."))
    return redirect("integration:webhook", subscription.subscription_id)


@require_POST
@may()
def subscription_resume(request: HttpRequest, subscription_id: str) -> HttpResponse:
    """Take up a subscription that ended because its receiver failed; it is told of everything since."""
    subscription = _changeable(request, subscription_id)
    try:
        resume(subscription, at=timezone.now())
    except ErpError as error:
        return _show(request, subscription, refusal=refusal_of(error))
    messages.success(request, _("The subscription goes on where it stopped."))
    return redirect("integration:webhook", subscription.subscription_id)


@require_POST
@may()
def subscription_replay(request: HttpRequest, subscription_id: str) -> HttpResponse:
    """Send everything once more that failed, as far back as notices are kept or as the form says in days."""
    subscription = _changeable(request, subscription_id)
    days = request.POST.get("days", "")
    now = timezone.now()
    back = timedelta(days=int(days)) if days in ("1", "3") else KEEP
    count = replay_failed(since=now - back, at=now, subscription=subscription)
    said = ngettext("{count} notice is sent once more.", "{count} notices are sent once more.", count)
    messages.success(request, said.format(count=count))
    return redirect("integration:webhook", subscription.subscription_id)


@may()
def notice_page(request: HttpRequest, uuid) -> HttpResponse:
    """One notice: what it told, and what the receiver answered."""
    notice = _notice_or_404(request, uuid)
    mine = {each.subscription_id: each for each in notice.seen}
    context = {
        "notice": notice,
        "items": [item for item in notice.items if item["subscriptionId"] in mine][:100],
        "count": len(notice.items),
        "subscriptions": notice.seen,
        "may_replay": notice.status != Status.WAITING
        and all(_may_change(request, each) for each in notice.seen),
    }
    return render(request, "integration/webhooks/notice.html", context)


@require_POST
@may()
def notice_replay(request: HttpRequest, uuid) -> HttpResponse:
    notice = _notice_or_404(request, uuid)
    if not all(_may_change(request, each) for each in notice.subscriptions.all()):
        raise PermissionDenied
    if replay(notice, at=timezone.now()):
        messages.success(request, _("The notice is sent once more."))
    return redirect("integration:webhook-notice", notice.uuid)


def _show(request: HttpRequest, subscription: Subscription, refusal=None) -> HttpResponse:
    may_change = _may_change(request, subscription)
    failed = subscription.notices.filter(status=Status.FAILED).count()
    context = {
        "subscription": subscription,
        "page": page_of(subscription.notices.all(), request),
        "may_end": may_change and subscription.is_active,
        "may_resume": may_change and subscription.end_reason in Subscription.FAILED,
        "may_replay": may_change and failed,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "integration/webhooks/subscription.html", context, status=status)


def _subscriptions(request: HttpRequest) -> QuerySet[Subscription]:
    """Those that somebody may look at: all, or their own."""
    rows = Subscription.objects.select_related("user")
    return rows if request.user.has_perm(SEE) else rows.filter(user_id=request.user.pk)


def _subscription_or_404(request: HttpRequest, subscription_id: str) -> Subscription:
    return get_object_or_404(_subscriptions(request), subscription_id=subscription_id)


def _changeable(request: HttpRequest, subscription_id: str) -> Subscription:
    subscription = _subscription_or_404(request, subscription_id)
    if not _may_change(request, subscription):
        raise PermissionDenied
    return subscription


def _may_change(request: HttpRequest, subscription: Subscription) -> bool:
    return subscription.user_id == request.user.pk or request.user.has_perm(CHANGE)


def _notice_or_404(request: HttpRequest, uuid) -> WebhookNotice:
    seen = Prefetch("subscriptions", _subscriptions(request).order_by("pk"), to_attr="seen")
    visible = WebhookNotice.objects.filter(subscriptions__in=_subscriptions(request)).distinct()
    return get_object_or_404(visible.prefetch_related(seen), uuid=uuid)
