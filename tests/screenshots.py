"""Pictures of every kind of page with real data, to be looked at: `make screenshots` puts them into build/screenshots.

They are taken of the demo company, as the user whose page it is, at the sizes of a laptop and a telephone, by day and
by night. A page that runs off the screen, or that the browser complains of, is named in the end.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import django

FOLDER = Path("build/screenshots")
SIZES = {"1440": (1440, 900), "390": (390, 844)}
SCHEMES = ("light", "dark")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pages() -> Iterator[tuple[str, str, str]]:
    """User, name and address of a page of each kind."""
    from django.urls import reverse

    from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment

    for user in ("clerk", "manager", "accountant", "warehouse"):
        yield user, f"role-centre-{user}", reverse("home")
    for type in SalesDocument.Type.values:
        yield "clerk", f"list-{type}", reverse("sales:documents", args=[type])
        for status in ("open", "released"):
            document = SalesDocument.objects.filter(type=type, status=status).order_by("-id").first()
            if document is not None:
                yield "manager", f"{type}-{status}", reverse("sales:document", args=[type, document.number])
    papers = {"invoice": SalesInvoice, "shipment": SalesShipment, "credit_memo": SalesCreditMemo}
    for kind, model in (papers | {"return_receipt": ReturnReceipt}).items():
        paper = model.objects.order_by("-id").first()
        yield "manager", f"posted-list-{kind}", reverse("sales:posted-list", args=[kind])
        yield "manager", f"posted-{kind}", reverse("sales:posted", args=[kind, paper.number])
    invoice = SalesInvoice.objects.order_by("-id").first()
    yield "accountant", "entries", reverse("entries", args=[invoice.number])
    yield from _places()


def _places() -> Iterator[tuple[str, str, str]]:
    """The pages that need no document: each address of the menus, of everybody who has one."""
    from django.test import RequestFactory

    from erp.kernel.models import User
    from erp.views.navigation import menu

    seen = set()
    for name in ("accountant", "manager", "warehouse", "clerk", "admin"):
        request = RequestFactory().get("/")
        request.user = User.objects.get(username=name)
        for group in menu(request):
            for entry in group.entries:
                if entry.url not in seen and not entry.url.startswith("/admin/"):
                    seen.add(entry.url)
                    yield name, "menu" + entry.url.replace("/", "-").rstrip("-"), entry.url


def take(port: int, chosen: list[tuple[str, str, str]]) -> list[str]:
    """Take the pictures; returns what is wrong with pages."""
    from playwright.sync_api import sync_playwright

    from erp.demo_users import DEMO_USERS

    passwords = {user.username: user.password for user in DEMO_USERS}
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrong = []
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        for size, (width, height) in SIZES.items():
            for scheme in SCHEMES:
                for user in dict.fromkeys(user for user, _name, _address in chosen):
                    context = browser.new_context(
                        base_url=f"http://localhost:{port}",
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,
                    )
                    page = context.new_page()
                    page.on("pageerror", lambda error: wrong.append(str(error)))
                    page.goto("/login/")
                    page.get_by_label("User name").fill(user)
                    page.get_by_label("Password", exact=True).fill(passwords[user])
                    page.get_by_role("button", name="Log in", exact=True).click()
                    page.wait_for_load_state()
                    for _user, name, address in (each for each in chosen if each[0] == user):
                        answer = page.goto(address)
                        page.wait_for_load_state("networkidle")
                        page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}.png")
                        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                        if answer.status != 200 or over > 0:
                            wrong.append(f"{name} at {size}: status {answer.status}, {over} pixels too wide")
                    context.close()
        browser.close()
    return wrong


def main(words: list[str]) -> int:
    os.environ.setdefault("HANDEL_ENV", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    from erp import embedded

    embedded.use()
    django.setup()
    from django.core.management import call_command

    from erp.kernel.models import User
    from tests.bench.server import serving

    call_command("migrate", verbosity=0, interactive=False)
    if not User.objects.exists():
        call_command("demo")
    chosen = [each for each in pages() if not words or any(word in each[1] for word in words)]
    with serving() as port:
        wrong = take(port, chosen)
    print(f"{len(chosen) * len(SIZES) * len(SCHEMES)} pictures in {FOLDER}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
