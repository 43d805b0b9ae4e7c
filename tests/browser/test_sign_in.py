"""Signing in, in a real browser under the real content security policy."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_administrator_signs_in_and_sees_the_master_data(page: Page):
    get_user_model().objects.create_superuser("admin", password="a-long-word-of-a-key")
    page.goto("/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill("a-long-word-of-a-key")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good")
    page.get_by_role("link", name="All tables").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
    page.get_by_role("link", name="Handel").click()
    expect(page).to_have_title("Home · Handel")


def test_a_wrong_password_is_told(page: Page):
    get_user_model().objects.create_user("ingrid", password="a-long-word-of-a-key")
    page.goto("/customers/")
    page.get_by_label("User name").fill("ingrid")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
