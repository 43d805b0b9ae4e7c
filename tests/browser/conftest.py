"""A real browser: the system's Chromium or Chrome, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.world import World
from tests.world.template import put_setup

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


READY = "html[data-ready], html:not([data-scripts]), html:not(:has(meta[name=csrf-token]))"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once per test process."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("The browser tests need Chromium: install it with your system's package manager.")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses root
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """Opens pages of a server with this test's data; complains in the end about what the browser complained of.

    Takes what a browser context takes: viewport, color_scheme, java_script_enabled.

    expects  parts of complaints that belong to the story, as "409 (Conflict)"
    """
    contexts, complaints = [], []

    def open_page(*, expects: tuple[str, ...] = (), **wishes) -> Page:
        def complain(text: str) -> None:
            if not any(part in text for part in expects):
                complaints.append(text)

        context = chromium.new_context(base_url=live_server.url, locale="en-GB", **wishes)
        contexts.append(context)
        page = context.new_page()
        _wait_for_modules(page)
        page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _wait_for_modules(page: Page) -> None:
    """Nobody presses a key before a page of ours has loaded what answers it; without scripts nothing does."""
    go, keyboard = page.goto, page.keyboard
    press = keyboard.press

    def goto(address: str, **wishes):
        answer = go(address, **wishes)
        page.wait_for_selector(READY, state="attached")
        return answer

    def press_when_ready(key: str, **wishes):
        page.wait_for_selector(READY, state="attached")  # a key before may have led to another page
        press(key, **wishes)

    page.goto = goto
    keyboard.press = press_when_ready


@pytest.fixture
def page(new_page) -> Page:
    """An empty page at the size of a laptop."""
    return new_page(viewport={"width": 1440, "height": 900})


@pytest.fixture
def company(transactional_db) -> World:
    """The company of the stories, where the server can see it."""
    put_setup()
    return World()


def log_in(page: Page, username: str, password: str = "") -> None:
    """In the stories a password is the user's name."""
    page.goto("/login/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password or username)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page: Page) -> None:
    """By the user's menu in the bar on top."""
    page.get_by_role("button", name="My menu").click()
    page.get_by_role("button", name="Log out", exact=True).click()
    page.get_by_label("User name").wait_for()
