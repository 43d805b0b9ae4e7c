"""The frame of every page in a real browser: palette, help, settings, second factors, and nothing typed is lost."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from erp.kernel.notices import tell
from sales.models import SalesDocument
from tests.browser.conftest import log_in, log_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


PROSPECT, WRITE = "/sales/quote/new/prospect/", "Write the lines"


@pytest.fixture
def rough_page(chromium: Browser, live_server) -> Iterator[Callable[[], Page]]:
    """Pages of one browser that may complain: of a refusal, or of a server that does not answer."""
    context = chromium.new_context(
        base_url=live_server.url, locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    yield context.new_page
    context.close()


@pytest.fixture
def shop(company):
    adatum = company.customer("Adatum", number="C1", city="Utrecht")
    bicycle = company.item("BICYCLE", stock=10, price=400, description="Bicycle, 28 inch")
    return company.order(adatum).sells(2, bicycle)


def _ended() -> None:
    """Every session ends on the server, as after two weeks."""
    Session.objects.all().delete()
    cache.clear()


def _fill_in(page: Page, username: str = "world") -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(username)
    page.get_by_role("button", name="Log in", exact=True).click()


def _ready(page: Page) -> None:
    """The modules of the page listen."""
    expect(page.locator("body")).to_have_attribute("data-shell", "on")


def _name(page: Page):
    """A field of the plain form in which a quote for a prospect begins."""
    return page.get_by_label("Name", exact=True)


def _options(page: Page, **which):
    return page.get_by_role("dialog").get_by_role("option", **which)


# --- Palette and help ------------------------------------------------------------------------------------------------
def test_the_palette_opens_records_pages_and_actions_from_the_keyboard(shop, page):
    log_in(page, "world")
    _ready(page)
    field = page.get_by_role("combobox", name="Number, name, page or action")

    # A number typed in one go, and Enter at once: it does not matter who is faster.
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.type(shop.number.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(shop.number)

    # Words of a name; the arrows choose.
    _ready(page)
    page.keyboard.press("Alt+q")
    page.keyboard.type("utre adat")
    expect(_options(page, selected=True)).to_contain_text("Adatum, Utrecht")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/customers/C1/")

    # Pages, and what was opened last.
    _ready(page)
    page.keyboard.press("Control+k")
    expect(_options(page).first).to_contain_text("Adatum")
    expect(_options(page).nth(1)).to_contain_text(shop.number)
    page.keyboard.type("new ret")
    expect(_options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/sales/return_order/new/")


def test_the_palette_says_when_there_is_nothing_and_closes_with_escape(shop, page):
    log_in(page, "world")
    _ready(page)
    page.get_by_role("button", name="Search or go to").click()
    page.keyboard.type("xyzzyx")
    expect(_options(page)).to_contain_text(["Nothing is called “xyzzyx”"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_actions_of_the_page_are_in_the_palette(shop, page):
    log_in(page, "world")
    page.goto(f"/sales/order/{shop.number}/")
    _ready(page)
    page.evaluate("""() => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Ring the bell" });
      button.dataset.key = "Ctrl+Alt+B";
      button.addEventListener("click", () => { document.title = "It rings"; });
      document.querySelector("main").append(button);
    }""")
    page.keyboard.press("Control+k")
    page.keyboard.type("ring")
    expect(_options(page, selected=True)).to_contain_text("Ctrl+Alt+B")
    page.keyboard.press("Enter")
    expect(page).to_have_title("It rings")


def test_the_question_mark_shows_every_shortcut(shop, page):
    log_in(page, "world")
    _ready(page)
    page.keyboard.press("?")
    help = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help.get_by_role("row", name="Search or go to… Ctrl+K")).to_be_visible()
    expect(help.get_by_role("table", name="What the browser keeps for itself")).to_be_visible()
    page.keyboard.press("Escape")
    expect(help).to_have_count(0)
    page.get_by_role("button", name="My menu").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(help).to_be_visible()


def test_f3_goes_to_the_search_field_and_a_question_mark_can_be_typed(shop, page):
    log_in(page, "world")
    page.goto("/customers/")
    _ready(page)
    page.keyboard.press("F3")
    field = page.locator("main input[type=search]").first
    expect(field).to_be_focused()
    page.keyboard.type("?")
    expect(field).to_have_value("?")
    page.keyboard.press("Alt+t")
    expect(page.get_by_role("heading", name="My settings")).to_be_visible()


# --- Settings, notices, menu -----------------------------------------------------------------------------------------
def test_colours_change_at_once_and_stay(company, page):
    log_in(page, "world")
    page.goto("/settings/")
    _ready(page)
    page.get_by_label("Colours").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_text("Saved", exact=True).first).to_be_visible()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_language_of_a_user_and_of_a_browser(company, page, chromium, live_server):
    log_in(page, "world")
    page.goto("/settings/")
    _ready(page)
    page.get_by_label("Language").select_option("nl")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    swedish = chromium.new_context(base_url=live_server.url, locale="sv-SE").new_page()
    swedish.goto("/login/")
    expect(swedish.locator("html")).to_have_attribute("lang", "sv")
    swedish.context.close()


def test_another_work_date_is_shown_on_every_page(company, page):
    log_in(page, "world")
    expect(page.get_by_text("Work date")).to_have_count(0)
    page.goto("/settings/")
    page.get_by_role("textbox", name="Work date").fill("2026-03-16")
    page.get_by_role("button", name="Work on this day").click()
    page.goto("/")
    shown = page.get_by_role("link", name="Work date 16 Mar 2026")
    expect(shown).to_be_visible()
    shown.click()
    page.get_by_role("button", name="Back to today").click()
    expect(page.get_by_role("link", name="Work date 16 Mar 2026")).to_have_count(0)


def test_a_notice_is_counted_on_the_bell_and_read(company, page):
    log_in(page, "world")
    user = get_user_model().objects.get(username="world")
    tell(
        user, "The run has ended.", url="/customers/", level="success", at=datetime(2026, 3, 2, 9, tzinfo=UTC)
    )
    page.goto("/")
    page.get_by_role("link", name="Notices 1").click()
    page.get_by_role("link", name="The run has ended.").click()
    expect(page).to_have_url("/customers/")
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()


def test_the_menu_folds_and_stays_folded(company, page):
    log_in(page, "world")
    _ready(page)
    customers = page.get_by_role("link", name="Customers", exact=True)
    page.get_by_role("button", name="Side menu").click()
    expect(customers).to_be_hidden()
    page.reload()
    expect(customers).to_be_hidden()
    _ready(page)
    page.get_by_role("button", name="Side menu").click()
    page.locator("#side summary", has_text="Masters").click()
    expect(customers).to_be_hidden()
    page.wait_for_timeout(300)  # the browser tells of a fold a moment later
    page.goto("/settings/")
    expect(customers).to_be_hidden()
    page.goto("/customers/")
    expect(customers).to_have_attribute("aria-current", "page")


# --- Nothing typed is lost -------------------------------------------------------------------------------------------
def test_a_form_survives_the_end_of_the_session(shop, rough_page):
    page = rough_page()
    log_in(page, "world")
    page.goto(PROSPECT)
    _ready(page)
    _name(page).fill("Otto 1")
    page.get_by_label("Customer template").select_option("DOMESTIC")
    _ended()
    page.get_by_role("button", name=WRITE).click()
    expect(page.get_by_label("Password")).to_be_visible()
    _fill_in(page)
    expect(_name(page)).to_have_value("Otto 1")
    expect(page.locator("#notes")).to_contain_text("What you had typed here is put back")
    expect(page.get_by_label("Customer template")).to_have_value("DOMESTIC")
    page.get_by_role("button", name=WRITE).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Otto 1")
    assert SalesDocument.objects.filter(sell_to_name="Otto 1").count() == 1

    # Sent and arrived: the next new quote starts empty.
    page.goto(PROSPECT)
    _ready(page)
    expect(_name(page)).to_have_value("")


def test_what_is_saved_in_the_background_waits_for_the_log_in(company, rough_page):
    page = rough_page()
    log_in(page, "world")
    page.goto("/settings/")
    _ready(page)
    _ended()
    page.get_by_label("Colours").select_option("dark")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Log in").click()
    _fill_in(opened.value)
    expect(page.get_by_text("Saved", exact=True).first).to_be_visible()
    assert get_user_model().objects.get(username="world").theme == "dark"


def test_a_form_that_is_older_than_the_log_in_is_put_back(shop, rough_page):
    page, other = rough_page(), rough_page()
    log_in(page, "world")
    page.goto(PROSPECT)
    _ready(page)
    _name(page).fill("Otto 2")
    other.goto("/")
    log_out(other)
    log_in(other, "world")
    expect(other.get_by_role("heading", level=1)).to_contain_text("Good")
    page.get_by_role("button", name=WRITE).click()
    page.get_by_role("link", name="Back to the page").click()
    expect(_name(page)).to_have_value("Otto 2")


def test_a_form_is_not_sent_into_the_void(shop, rough_page):
    page = rough_page()
    log_in(page, "world")
    page.goto(PROSPECT)
    _ready(page)
    _name(page).fill("Otto 3")
    page.get_by_label("Customer template").select_option("DOMESTIC")
    page.context.set_offline(True)
    page.get_by_role("button", name=WRITE).click()
    expect(page.locator("#notes")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name=WRITE).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Otto 3")
    assert SalesDocument.objects.filter(sell_to_name="Otto 3").count() == 1


# --- Second factors --------------------------------------------------------------------------------------------------
def _prove(page: Page) -> None:
    """Whoever changes a log-in says the password once more."""
    page.get_by_label("Password").fill("world")
    page.get_by_role("button", name="Go on").click()


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_an_app_becomes_the_second_factor(company, page):
    log_in(page, "world")
    page.goto("/settings/")
    page.get_by_role("link", name="Set up an app").click()
    _prove(page)
    secret = page.get_by_label("Key, where the app cannot scan").input_value()
    page.get_by_label("Code that the app shows").fill(_code(secret))
    page.get_by_role("button", name="Switch on").click()
    codes = page.get_by_role("list", name="Codes that are left").get_by_role("listitem").all_inner_texts()
    assert len(codes) == 10

    log_out(page)
    log_in(page, "world")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_text("This code is not valid")).to_be_visible()
    page.goto("/customers/")  # half a log-in opens nothing
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("button", name="My menu")).to_be_visible()
    page.goto("/settings/")
    expect(page.get_by_text("9 left")).to_be_visible()


def test_a_passkey_logs_in_without_a_password(company, page):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    log_in(page, "world")
    page.goto("/settings/")
    page.get_by_role("link", name="Add a passkey").click()
    _prove(page)
    page.get_by_label("Name", exact=True).fill("My laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/settings/")
    expect(page.get_by_text("logs in alone")).to_be_visible()

    log_out(page)
    page.goto("/customers/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page).to_have_url("/customers/")

    # It is one's own second factor as well, and can be given back.
    page.goto("/settings/")
    page.get_by_role("link", name="Remove My laptop").click()
    _prove(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("My laptop")).to_have_count(0)
