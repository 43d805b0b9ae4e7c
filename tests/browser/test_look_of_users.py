"""The pages of users and roles: nothing runs off the screen, and axe finds nothing to complain of."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

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
    office = Office(company)
    clerk = Group.objects.get(name="CLERK")
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "ivan")
    for name, address in {
        "users": reverse("setup-users"),
        "new user": reverse("setup-user-new"),
        "user": reverse("setup-user", args=[office.user("clara").pk]),
        "permission sets": reverse("setup-permission-sets"),
        "permission set": reverse("setup-permission-set", args=[clerk.pk]),
    }.items():
        page.goto(address)
        _check(page, name)
