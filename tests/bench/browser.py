"""What a clerk waits for in the browser itself: the first paint of pages, a new row, a thousand lines scrolled."""

import os
import shutil

from playwright.sync_api import Page, sync_playwright

from tests.bench.pages import Size, order_no
from tests.bench.timing import Figure, of

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FIRST_PAINT, NEW_ROW = 1000, 50
RUNS = 15


def measure_browser(port: int, size: Size) -> list[Figure]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_page(
            bypass_csp=True, base_url=f"http://localhost:{port}", viewport={"width": 1440, "height": 900}
        )
        page.goto("/login/")
        page.get_by_label("User name").fill("manager")
        page.get_by_label("Password", exact=True).fill("manager-demo")
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_load_state()
        figures = [
            of("paint_role_centre", "role centre, first paint", _paints(page, "/"), budget=FIRST_PAINT),
            of(
                "paint_orders",
                "list of orders, first paint",
                _paints(page, "/sales/order/"),
                budget=FIRST_PAINT,
            ),
            of(
                "new_row",
                "Enter at the end of the grid to the new row",
                _new_rows(page, size),
                budget=NEW_ROW,
            ),
            of("scroll_1000", "1,000 lines: a frame while scrolling", _frames(page, size), budget=NEW_ROW),
        ]
        browser.close()
    return figures


def _paints(page: Page, address: str) -> list[float]:
    taken = []
    for _run in range(RUNS):
        page.goto(address)
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        taken.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    return taken[1:]


def _new_rows(page: Page, size: Size) -> list[float]:
    """From the keystroke to the frame that shows the next row with the focus, while the server still works."""
    page.goto(f"/sales/order/{order_no(size, 300)}/")
    page.wait_for_selector("[role=grid]")
    page.evaluate(
        """() => {
          window.took = [];
          document.addEventListener('keydown', (event) => {
            if (event.key !== 'Enter') return;
            const begun = performance.now();
            requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - begun)));
          }, true);
          document.dispatchEvent(new CustomEvent('grid:enter'));
        }"""
    )
    for run in range(RUNS):
        page.keyboard.type(f"T{run:06}")
        page.keyboard.press("Enter")
        page.keyboard.type("2")
        page.keyboard.press("Enter")
    page.wait_for_function(f"window.took.length >= {RUNS * 2}")
    return page.evaluate("window.took")


def _frames(page: Page, size: Size) -> list[float]:
    page.goto(f"/sales/order/{order_no(size, 71)}/")
    page.wait_for_selector("[role=grid] tbody tr")
    return page.evaluate(
        """async () => {
          const row = document.querySelector('[role=grid] tbody tr');
          let place = row.parentElement;
          while (place && !(place.scrollHeight > place.clientHeight + 10
                 && /auto|scroll/.test(getComputedStyle(place).overflowY))) place = place.parentElement;
          place ??= document.scrollingElement;
          const took = [];
          let last = performance.now();
          for (let step = 0; step < 120; step += 1) {
            place.scrollBy(0, 250);
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            took.push(now - last);
            last = now;
          }
          return took.slice(5);
        }"""
    )
