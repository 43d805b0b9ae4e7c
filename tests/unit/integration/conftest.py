"""A subscriber, a receiver that listens, and a clock that goes as far as a story moves it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from erp.kernel.models import User
from integration.models import Subscription
from integration.webhooks.collect import collect
from integration.webhooks.deliver import relay
from integration.webhooks.resources import company_id
from integration.webhooks.subscribe import subscribe
from tests.unit.integration.receiver import receiving
from tests.world.template import put_setup


@pytest.fixture
def receiver():
    """Somebody who listens to webhooks."""
    with receiving() as found:
        yield found


class Clock:
    """Starts now, because the feed's moments are the database's; then goes as far as a story moves it."""

    def __init__(self):
        self.now = timezone.now() + timedelta(seconds=1)

    def __call__(self):
        return self.now

    def goes(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def owner():
    put_setup()
    user = User.objects.create(username="integrator", email="it@adatum.example")
    names = ["view_paymentmethod", "view_paymentterms", "view_customer"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def follow(owner, receiver, clock):
    """Subscribe to a set, by default payment methods, at the receiver."""

    def follow(resource="paymentMethods", **given) -> Subscription:
        given = {"notification_url": receiver.url, "by": owner, "at": clock(), **given}
        return subscribe(resource=f"/api/v2.0/companies({company_id()})/{resource}", **given)

    return follow


@pytest.fixture
def pass_on(clock):
    """The half minute passes, what changed is collected and delivered."""

    def pass_on(after=timedelta(seconds=31)) -> None:
        clock.goes(after)
        collect(at=clock())
        relay(clock=clock)

    return pass_on
