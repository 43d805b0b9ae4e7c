"""The pages around log-in, settings and notices, the palette and the help: they fit, and axe finds nothing."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from playwright.sync_api import Page, expect

from erp.kernel.notices import tell
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BEFORE_LOG_IN = ("login", "account_reset_password", "account_reset_password_done", "account_inactive",
                 "account_reset_password_from_key_done")  # fmt: skip
MINE = (
    "settings",
    "notices",
    "account_change_password",
    "account_reauthenticate",
    "logged-in",
    "palette",
    "logout",
)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_the_shell_fits_and_is_accessible(company, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    for name in BEFORE_LOG_IN:
        page.goto(reverse(name))
        _check(page, name)
    log_in(page, "world")
    company.customer("Adatum", number="C1")
    user = get_user_model().objects.get(username="world")
    for level in ("info", "success", "warning", "error"):
        tell(user, f"This is {level}.", url="/", level=level, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    page.goto(reverse("settings"))
    page.get_by_role("textbox", name="Work date").fill("2026-03-16")
    page.get_by_role("button", name="Work on this day").click()
    for name in MINE:
        page.goto(reverse(name))
        _check(page, name)
    page.goto(reverse("palette") + "?q=adatum")
    _check(page, "found without scripts")
    _check_second_factors(page)
    _check_what_opens(page)


def _check_second_factors(page: Page) -> None:
    page.goto(reverse("mfa_activate_totp"))
    page.get_by_label("Password").fill("world")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    _check(page, "authenticator app")
    page.goto(reverse("mfa_add_webauthn"))
    _check(page, "passkey")


def _check_what_opens(page: Page) -> None:
    page.goto(reverse("home"))
    expect(page.locator("body")).to_have_attribute("data-shell", "on")
    page.get_by_role("button", name="My menu").click()
    _check(page, "user menu")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Search or go to").click()
    page.keyboard.type("adatum")
    expect(page.get_by_role("dialog").get_by_role("option", name="Adatum")).to_be_visible()
    _check(page, "palette")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    _check(page, "shortcuts")
