"""Acceptance case P19: webhooks as a client of Business Central knows them."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from integration.models import Subscription
from integration.webhooks.collect import collect
from integration.webhooks.deliver import relay
from inventory.models import Item
from tests.unit.integration.receiver import receiving

pytestmark = pytest.mark.django_db(transaction=True)


def test_p19_a_shop_is_told_of_items_until_its_receiver_is_gone(api, company_url, world):
    """The shop's receiver first answers wrongly; then it is told that 1,500 items changed; then it is not there."""
    world.item("BICYCLE")
    body = {"resource": f"{company_url}/items", "clientState": "shop"}
    with receiving() as shop:
        body["notificationUrl"] = shop.url

        # A receiver that answers the handshake with anything but the token gets no subscription.
        shop.echo = lambda token: (200, "Welcome!")
        assert api.post("/api/v2.0/subscriptions", body).status_code == 400
        assert not Subscription.objects.exists()
        shop.echo = lambda token: (200, token)
        made = api.made("/api/v2.0/subscriptions", body)

        # 1,500 items change within 20 seconds: one notice, which says where to look.
        bicycle = Item.objects.values().get()
        Item.objects.bulk_create(
            Item(**bicycle | {"id": None, "uuid": UUID(int=number), "number": str(number)})
            for number in range(1, 1501)
        )
        Item.objects.update(unit_price=100)
        now = timezone.now()
        collect(at=now)
        assert shop.told == []
        now += timedelta(seconds=31)
        collect(at=now)
        relay(clock=lambda: now)
        (told,) = json.loads(shop.heard[0][1])["value"]
        assert (told["changeType"], told["clientState"]) == ("collection", "shop")
        where = told["resource"].partition("/items?")[2].replace("%20", " ")
        assert where.startswith("$filter=lastModifiedDateTime gt ")
        page = api.one(f"items?{where}&$count=true&$top=1")
        assert page["@odata.count"] == 1501

        # The receiver answers 404: Business Central ends the subscription at once, and so do we.
        shop.answer(404)
        Item.objects.filter(number="7").update(description="Seven")
        now += timedelta(minutes=1)
        collect(at=now)
        relay(clock=lambda: now)
        assert shop.told[1] == [("updated", f"items({UUID(int=7)})")]
        assert api.get(f"/api/v2.0/subscriptions('{made['subscriptionId']}')").status_code == 404
