"""Who may see which report, what its page shows, and what leaves as a file."""

import csv
from io import BytesIO, StringIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from reporting import files
from reporting.catalogue import REPORTS
from reporting.models import ReportJob
from tests.world import TODAY, nine_o_clock

SEES = {
    "CLERK": {"aged-receivables", "customer-statement", "back-orders"},
    "WAREHOUSE": {"back-orders"},
    "SALES-MANAGER": set(REPORTS) - {"trial-balance", "vat-entries"},
    "ACCOUNTANT": set(REPORTS),
    "AUDITOR": set(REPORTS),
    "ADMINISTRATOR": set(),
}


@pytest.fixture(autouse=True)
def monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(nine_o_clock(TODAY), tick=False):
        yield


@pytest.fixture
def sign_in(world):
    def as_role(role: str = "", name: str = "") -> Client:
        browser = Client()
        browser.force_login(world.user(name or f"reads-{role or 'all'}".lower(), role=role))
        return browser

    return as_role


@pytest.fixture
def sold(world):
    adatum = world.customer("Adatum", number="C1", city="Utrecht")
    bicycle = world.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle")
    world.order(adatum).sells(2, bicycle).release().post()
    world.order(adatum).sells(1, bicycle).release()
    return world


def url(key: str, **asked) -> str:
    from urllib.parse import urlencode

    return f"{reverse('reporting:report', args=[key])}?{urlencode(asked)}"


def text_of(response) -> str:
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


@pytest.mark.parametrize("role", SEES)
def test_a_role_sees_its_reports_and_no_others(sold, sign_in, role):
    browser = sign_in(role)
    index = text_of(browser.get(reverse("reporting:reports")))
    for key in REPORTS:
        answer = browser.get(url(key, customer="C1"))
        assert (answer.status_code == 200) is (key in SEES[role]), (role, key, answer.status_code)
        assert (f"/reports/{key}/" in index) is (key in SEES[role])
        assert browser.post(f"/reports/{key}/background/", {"customer": "C1"}).status_code in (
            (302,) if key in SEES[role] else (403,)
        )
        ReportJob.objects.all().delete()


def test_strangers_are_asked_to_log_in(db):
    assert Client().get(url("back-orders")).status_code == 302
    assert Client().get(reverse("reporting:inbox")).status_code == 302


def test_a_page_shows_rows_sums_and_the_address_that_shows_them_again(sold, sign_in):
    page = text_of(sign_in().get(url("sales-by-customer")))
    assert "Adatum" in page and "800.00" in page
    # Nothing was said, so the address says what was meant: this month, and the year before.
    assert "start=2026-03-01&amp;end=2026-03-02&amp;compare=year" in page


def test_what_cannot_be_read_is_refused_beside_its_field(sold, sign_in):
    answer = sign_in().get(url("aged-receivables", period="CM+1M", on_day="2026-03-02"))
    assert answer.status_code == 422
    assert "CM+1M" in text_of(answer)
    answer = sign_in("ACCOUNTANT").get(url("trial-balance", start="2026-03-02", end="2026-03-01"))
    assert answer.status_code == 422
    assert "before the first" in text_of(answer)


def test_nonsense_in_the_address_harms_nobody(sold, sign_in):
    browser = sign_in()
    for asked in (
        {"start": "\0"},
        {"by": "'; drop"},
        {"customer": "\0C1"},
        {"format": "exe"},
        {"type": "x" * 5000},
    ):
        for key in REPORTS:
            assert browser.get(url(key, **asked)).status_code in (200, 422), (key, asked)
    assert browser.get("/reports/nothing/").status_code == 404


def test_excel_has_what_the_page_has(sold, sign_in):
    answer = sign_in().get(
        url("sales-by-customer", start="2026-03-01", end="2026-03-31", compare="", format="xlsx")
    )
    assert 'filename="sales-by-customer-2026-03-01-2026-03-31.xlsx"' in answer["Content-Disposition"]
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows[0][:4] == ("No.", "Customer", "Sales", "Share")
    assert rows[1] == ("C1", "Adatum", 800, 100, 480, 320, 40)
    assert rows[2] == ("Total", None, 800, None, 480, 320, 40)


def test_csv_has_plain_figures_and_no_formulas(sold, sign_in, world):
    world.sales_invoice(world.customer("=cmd|' /C calc'!A0", number="C9")).charges("4520", "1234.5").post()
    answer = sign_in().get(
        url("sales-by-customer", start="2026-03-01", end="2026-03-31", order="number", format="csv")
    )
    rows = list(csv.reader(StringIO(text_of(answer).removeprefix("\ufeff"))))
    assert rows[2][:3] == ["C9", "'=cmd|' /C calc'!A0", "1234.50"]


def test_cost_is_in_no_file_of_who_may_not_see_it(sold, sign_in, world):
    """A manager who was denied the value entries sees sales, but neither cost nor margin, in any form."""
    from django.contrib.auth.models import Permission

    seller = world.user("seller", role="CLERK")
    seller.user_permissions.add(Permission.objects.get(codename="see_sales_figures"))
    browser = Client()
    browser.force_login(seller)
    for format in ("", "csv"):
        text = text_of(browser.get(url("sales-by-customer", format=format)))
        assert "800.00" in text
        for secret in ("480.00", "320.00", "Margin", "Cost"):
            assert secret not in text.replace("Cost is what goods cost by now.", ""), (format, secret)


def test_paper_is_a_pdf_that_the_browser_shows(sold, sign_in):
    answer = sign_in().get(url("customer-statement", customer="C1", format="pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_a_long_report_is_not_waited_for(sold, sign_in, monkeypatch):
    from reporting.views import reports

    monkeypatch.setattr(reports, "AT_ONCE", 0)
    answer = sign_in().get(url("sales-by-customer", format="csv"))
    assert answer.status_code == 422
    assert "in the background" in text_of(answer)


def test_who_may_not_export_everything_gets_no_more_by_asking_twice(sold, sign_in, monkeypatch, world):
    """Neither at once nor in the background."""
    from reporting.routines.run import run_report

    monkeypatch.setattr(files, "FEW", 0)
    browser = sign_in("CLERK")
    answer = browser.get(url("back-orders", format="csv"))
    assert answer.status_code == 422 and "You may export 0 rows" in text_of(answer)
    browser.post("/reports/back-orders/background/", {"format": "csv"})
    job = run_report(str(ReportJob.objects.get().uuid), clock=world.at)
    assert job.status == ReportJob.Status.FAILED and "You may export 0 rows" in job.error


def test_a_page_shows_the_first_rows_and_sums_of_all(sold, sign_in, monkeypatch, world):
    from reporting.views import reports

    monkeypatch.setattr(reports, "SHOWN", 1)
    contoso = world.customer("Contoso", number="C2")
    world.sales_invoice(contoso).charges("4520", 100).post()
    page = text_of(sign_in().get(url("sales-by-customer", start="2026-03-01", end="2026-03-31")))
    assert "900.00" in page and ">C1</a>" in page and ">C2</a>" not in page
    assert "The first 1 rows are shown" in page


def test_from_the_page_into_the_inbox_and_back(sold, sign_in, world):
    """Asked for, waited for, downloaded; nobody else sees it."""
    from reporting.routines.run import run_report

    browser = sign_in("ACCOUNTANT")
    answer = browser.post(
        "/reports/aged-receivables/background/",
        {"on_day": "2026-03-02", "by": "due", "period": "30D", "format": "csv"},
    )
    job = ReportJob.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    assert "Waiting" in text_of(browser.get(job.get_absolute_url()))
    assert browser.get(f"{job.get_absolute_url()}state/").json()["done"] is False

    run_report(str(job.uuid), clock=world.at)
    state = browser.get(f"{job.get_absolute_url()}state/").json()
    assert (state["done"], state["percent"], state["label"]) == (True, 100, "Finished")
    assert job.title in text_of(browser.get(reverse("reporting:inbox")))
    file = browser.get(f"{job.get_absolute_url()}file/")
    assert "C1,Adatum" in text_of(file)

    other = sign_in("ACCOUNTANT", "another")
    for page in ("", "state/", "file/"):
        assert other.get(f"{job.get_absolute_url()}{page}").status_code == 404
    assert job.title not in text_of(other.get(reverse("reporting:inbox")))


def test_a_lost_right_closes_the_file(sold, sign_in, world):
    from reporting.routines.run import run_report

    browser = sign_in("ACCOUNTANT")
    browser.post("/reports/trial-balance/background/", {"format": "csv"})
    job = ReportJob.objects.get()
    run_report(str(job.uuid), clock=world.at)
    job.requested_by.groups.clear()
    assert browser.get(f"{job.get_absolute_url()}file/").status_code == 403


def test_cancel_and_run_again_from_the_page(sold, sign_in):
    browser = sign_in("ACCOUNTANT")
    browser.post("/reports/trial-balance/background/", {"format": "csv"})
    first = ReportJob.objects.get()
    browser.post(f"{first.get_absolute_url()}cancel/")
    first.refresh_from_db()
    assert first.status == ReportJob.Status.CANCELLED
    answer = browser.post(f"{first.get_absolute_url()}again/")
    assert answer["Location"] != first.get_absolute_url()
    assert ReportJob.objects.count() == 2


def test_the_fourth_at_a_time_is_refused_on_the_page(sold, sign_in):
    browser = sign_in("ACCOUNTANT")
    for _turn in range(3):
        browser.post("/reports/trial-balance/background/", {"format": "csv"})
    answer = browser.post("/reports/trial-balance/background/", {"format": "csv"})
    assert answer.status_code == 409
    assert "3 reports are running already" in text_of(answer)
