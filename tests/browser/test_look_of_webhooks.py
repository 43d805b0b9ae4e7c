"""The pages of webhooks: nothing runs off the screen, and axe finds nothing to complain of."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from integration.models import Subscription, WebhookNotice
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check
from tests.world.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_pages_fit_and_are_accessible(company, new_page, size, scheme):
    now = timezone.now()
    made = Subscription.objects.create(
        notification_url=f"https://shop.example/{'hook-' * 30}", resource="api/v2.0/items", entity="items",
        user=Office(company).user("clara"), created_at=now, modified_at=now, expires_at=now + timedelta(days=3),
        failing_since=now, ended_at=now, end_reason="refused",
    )  # fmt: skip
    item = {
        "subscriptionId": made.subscription_id,
        "resource": "api/v2.0/items(1)",
        "changeType": "created",
        "sequence": 1,
    }
    notice = WebhookNotice.objects.create(
        url=made.notification_url,
        items=[item],
        status="failed",
        created_at=now,
        failed_at=now,
        last_status=404,
    )
    notice.subscriptions.add(made)
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "ivan")
    for name, address in {
        "webhooks": f"{reverse('integration:webhooks')}?show=ended",
        "webhook": reverse("integration:webhook", args=[made.subscription_id]),
        "notice": reverse("integration:webhook-notice", args=[notice.uuid]),
    }.items():
        page.goto(address)
        _check(page, name)
