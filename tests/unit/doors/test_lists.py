"""Lists on Monday 2 March 2026: filtered, sorted, paged, kept, exported, and used to do things with many rows."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from erp.kernel.listing import keyset
from erp.kernel.listing.declaration import field_of
from erp.kernel.models import Preference, SavedView, User
from erp.kernel.spreadsheet import csv_rows, safe
from inventory.views.lists import ITEM_ENTRIES, ITEMS, RESOURCES, VALUE_ENTRIES
from posting.views.lists import ACCOUNTS, GL_ENTRIES, REGISTERS, VAT_ENTRIES
from receivables.views.lists import ENTRIES
from sales.models import SalesDocument
from sales.views.lists import CUSTOMERS, DOCUMENTS, POSTED
from sales.views.lists.papers import RUNS, VERSIONS
from sales.views.lists.prices import PRICE_LISTS, PRICES

ORDERS = reverse("sales:documents", args=["order"])
EVERY = [
    *DOCUMENTS.values(),
    *POSTED.values(),
    *VERSIONS.values(),
    RUNS,
    CUSTOMERS,
    PRICES,
    PRICE_LISTS,
    ITEMS,
    RESOURCES,
    ITEM_ENTRIES,
    VALUE_ENTRIES,
    ENTRIES,
    ACCOUNTS,
    GL_ENTRIES,
    VAT_ENTRIES,
    REGISTERS,
]


def text_of(answer) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def numbers_in(text: str) -> list[str]:
    return re.findall(r'<tr data-row="([^"]+)"', text)


def listed(browser, query: str = "", address: str = ORDERS) -> list[str]:
    return numbers_in(text_of(browser.get(address + query)))


@pytest.fixture
def orders(shop) -> dict[str, str]:
    """Five orders: open, released, partly shipped, shipped, and one whose goods should have left last week."""
    found = {name: shop.order(2) for name in ("open", "released", "partly", "shipped", "late")}
    for name in ("released", "partly", "shipped", "late"):
        found[name].release()
    found["partly"].ship(1)
    found["shipped"].ship(2)
    late = SalesDocument.objects.filter(number=found["late"].number)
    late.update(shipment_date=date(2026, 2, 20))
    late.get().lines.update(shipment_date=date(2026, 2, 20))
    return {name: order.number for name, order in found.items()}


class TestViewsAndFilters:
    @pytest.mark.parametrize(
        ("view", "names"),
        [
            ("all", {"open", "released", "partly", "shipped", "late"}),
            ("open", {"open"}),
            ("released", {"released", "partly", "shipped", "late"}),
            ("ready", {"released", "partly"}),
            ("partly_shipped", {"partly"}),
            ("delayed", {"late"}),
            ("to_invoice", {"partly", "shipped"}),
            ("completely_shipped", {"shipped"}),
            ("invoiced", set()),
            ("cancelled", set()),
            ("nonsense", {"open", "released", "partly", "shipped", "late"}),
        ],
    )
    def test_predefined_views_of_orders(self, orders, browser, view, names):
        assert set(listed(browser, f"?view={view}")) == {orders[name] for name in names}

    def test_filters_of_several_columns_and_the_search_are_all_kept(self, orders, shop, browser):
        other = shop.world.order(shop.world.customer("Zwart", number="C2")).sells(1, shop.bicycle)
        assert listed(browser, "?f.status=open&f.customer=C2") == [other.number]
        assert listed(browser, "?f.fulfilment=Shipped") == [orders["shipped"]]
        assert listed(browser, "?f.gross=<=500&f.status=open") == [other.number]
        assert listed(browser, "?f.status=open&q=adatum") == [orders["open"]]
        assert listed(browser, "?f.shipment_date=..t-1") == [orders["late"]]

    def test_a_filter_that_cannot_be_read_shows_nothing_and_keeps_what_was_typed(self, orders, browser):
        answer = browser.get(ORDERS, {"f.status": "zz", "f.order_date": "t"})
        text = text_of(answer)
        assert answer.status_code == 422 and numbers_in(text) == []
        assert "Status: “zz” cannot be read. Type one of: Open," in text
        field = re.search(r'<input[^>]*id="filter-status"[^>]*>', text)[0]
        assert 'value="zz"' in field and 'aria-invalid="true"' in field

    def test_what_no_index_helps_with_is_only_done_in_short_lists(self, orders, browser, monkeypatch):
        monkeypatch.setattr("erp.kernel.listing.asking.SMALL", 0)
        refused = browser.get(ORDERS, {"f.net": ">1"})
        assert refused.status_code == 422 and "is worked out row by row" in text_of(refused)
        unsorted = text_of(browser.get(ORDERS, {"sort": "-gross"}))
        assert "Sorting by Total would take long" in unsorted and len(numbers_in(unsorted)) == 5
        assert len(listed(browser, "?sort=-order_date,-gross")) == 5


class TestOrder:
    def test_two_columns_sort_and_the_heads_say_so(self, orders, shop, browser):
        first = shop.world.order(shop.world.customer("Aalto", number="C2")).sells(1, shop.bicycle).number
        text = text_of(browser.get(ORDERS + "?sort=name,-number"))
        assert numbers_in(text) == [first, *sorted(orders.values(), reverse=True)]
        assert re.search(r'data-column="name"[^>]*aria-sort="ascending"', text)
        assert re.search(r'data-column="number"[^>]*aria-sort="descending"', text)
        assert 'data-then="?sort=name%2Corder_date"' in text  # Shift and a click on another head

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        sort=st.lists(
            st.sampled_from(
                ["number", "name", "order_date", "shipment_date", "requested", "external", "gross"]
            ),
            max_size=2,
            unique=True,
        ),
        down=st.lists(st.booleans(), min_size=2, max_size=2),
        limit=st.integers(1, 7),
    )
    def test_paging_shows_every_row_exactly_once_both_ways(self, many, browser, sort, down, limit):
        """Whatever the order: with ties, and with rows that have no value in it."""
        names = ",".join(f"-{name}" if turned else name for name, turned in zip(sort, down, strict=False))
        whole = listed(browser, f"?sort={names}")
        assert sorted(whole) == sorted(many)
        kept = keyset.page_of.__kwdefaults__
        keyset.page_of.__kwdefaults__ = {**kept, "limit": limit}
        try:
            seen, pages, query = [], [], f"?sort={names}"
            while query:
                pages.append(query)
                text = text_of(browser.get(ORDERS + query))
                seen += numbers_in(text)
                query = neighbour(text, "next")
            assert seen == whole
            back, query = numbers_in(text), neighbour(text, "prev")
            while query:
                text = text_of(browser.get(ORDERS + query))
                back = numbers_in(text) + back
                query = neighbour(text, "prev")
            assert back == whole
        finally:
            keyset.page_of.__kwdefaults__ = kept

    @pytest.mark.parametrize("token", ["nonsense", "W10", "a:b", "é"])
    def test_a_token_that_was_not_written_here_shows_the_first_page(self, orders, browser, token):
        assert len(listed(browser, f"?after={token}")) == 5


def neighbour(text: str, which: str) -> str:
    found = re.search(rf'href="(\?[^"]+)" rel="{which}"', text)
    return found[1].replace("&amp;", "&") if found else ""


@pytest.fixture
def many(shop) -> list[str]:
    """Twelve orders with ties everywhere, some without dates."""
    found = [shop.order(1 + place % 3).number for place in range(12)]
    for place, number in enumerate(found):
        day = None if place % 4 == 0 else date(2026, 3, 1) + timedelta(days=place % 3)
        SalesDocument.objects.filter(number=number).update(
            order_date=day,
            requested_delivery_date=None if place % 2 else day,
            external_document_no=f"PO-{place % 2}",
        )
    return found


class TestWhatUsersKeep:
    def test_columns_are_kept_and_forgotten(self, orders, browser):
        browser.post(ORDERS, {"do": "columns", "column": ["status", "number", "nonsense"]})
        assert Preference.objects.get(key="list.sales.order.columns").value == ["status", "number"]
        heads = re.findall(r'data-column="(\w+)"', text_of(browser.get(ORDERS)))
        assert heads == ["status", "number"]
        shared = text_of(browser.get(ORDERS + "?columns=number,gross"))
        assert re.findall(r'data-column="(\w+)"', shared) == ["number", "gross"]
        browser.post(ORDERS, {"do": "columns", "column": ["number"], "reset": "1"})
        assert not Preference.objects.filter(key="list.sales.order.columns").exists()

    def test_a_view_keeps_filters_columns_and_order_but_not_the_search(self, orders, browser, sign_in):
        typed = {"do": "view-save", "name": " Mine  to do ", "columns": "number,status"}
        answer = browser.post(ORDERS + "?f.status=open&sort=-number&q=adatum", typed, follow=True)
        view = SavedView.objects.get(page="sales.order")
        assert view.name == "Mine to do"
        assert view.query == "f.status=open&sort=-number&columns=number%2Cstatus"
        assert numbers_in(text_of(answer)) == [orders["open"]]
        assert re.search(r'aria-current="page"\s+class="tabs__own">Mine to do', text_of(answer))
        assert "Mine to do" not in text_of(sign_in("CLERK").get(ORDERS))

        browser.post(ORDERS, {"do": "view-rename", "view": view.pk, "name": "Open ones"})
        assert SavedView.objects.get().name == "Open ones"
        assert browser.post(ORDERS, {"do": "view-rename", "view": view.pk, "name": " "}).status_code == 422
        sign_in("CLERK").post(ORDERS, {"do": "view-delete", "view": view.pk})
        assert SavedView.objects.count() == 1  # it is not theirs
        browser.post(ORDERS, {"do": "view-delete", "view": view.pk})
        assert SavedView.objects.count() == 0

    def test_customers_are_marked_as_mine(self, shop, browser):
        shop.world.customer("Zwart", number="C2")
        customers = reverse("sales:customers")
        browser.post(customers, {"do": "mine", "chosen": ["C2"]})
        assert listed(browser, "?view=mine", customers) == ["C2"]
        order = shop.world.order(shop.customer).sells(1, shop.bicycle)
        assert listed(browser, "?f.customer=<>%25mycustomers") == [order.number]


class TestRights:
    def test_a_hidden_column_is_not_filtered_sorted_nor_exported(self, shop, sign_in):
        shop.world.pay(shop.customer, 100)
        address, warehouse = reverse("sales:customers"), sign_in("WAREHOUSE")
        assert "Balance" in text_of(sign_in("CLERK").get(address))
        text = text_of(warehouse.get(address + "?columns=number,balance&sort=-balance"))
        assert "Balance" not in text and 'name="f.balance"' not in text and "aria-sort" not in text
        refused = warehouse.get(address + "?f.balance=<0")
        assert refused.status_code == 422 and numbers_in(text_of(refused)) == []
        exported = text_of(warehouse.get(address + "?columns=number,balance&format=csv"))
        assert exported.splitlines() == ["\ufeffNo.", "C1"]

    def test_an_action_that_is_not_granted_is_neither_offered_nor_done(self, orders, sign_in):
        warehouse = sign_in("WAREHOUSE")
        assert 'value="release"' not in text_of(warehouse.get(ORDERS))
        assert warehouse.post(ORDERS, {"do": "release", "chosen": [orders["open"]]}).status_code == 403

    def test_only_some_may_export_more_than_a_few(self, orders, sign_in, monkeypatch):
        monkeypatch.setattr("erp.kernel.listing.export.FEW", 4)
        refused = sign_in("CLERK").get(ORDERS + "?format=csv")
        assert refused.status_code == 422 and "You may export 4 rows at a time" in text_of(refused)
        assert sign_in("CLERK").get(ORDERS + "?format=csv&f.status=released").status_code == 200
        assert len(text_of(sign_in("SALES-MANAGER").get(ORDERS + "?format=csv")).splitlines()) == 6


class TestExport:
    def test_a_file_has_the_filter_the_columns_and_the_order_of_the_list(self, orders, browser):
        query = "?f.status=released&columns=number,shipment_date,fulfilment,gross&sort=number&format="
        rows = [line.split(",") for line in text_of(browser.get(f"{ORDERS}{query}csv")).splitlines()]
        assert rows[0] == ["\ufeffNo.", "Shipment date", "Fulfilment", "Total", "Currency"]
        assert rows[1] == [orders["released"], "2026-03-02", "Not shipped", "1000.00", ""]
        assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:]) and len(rows) == 5

        answer = browser.get(f"{ORDERS}{query}xlsx")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="sales-orders.xlsx"'
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        assert [cell.value for cell in sheet[1]][:4] == ["No.", "Shipment date", "Fulfilment", "Total"]
        assert sheet["D2"].value == 1000 and sheet["D2"].number_format == "#,##0.00"
        assert sheet["B2"].value.date() == date(2026, 3, 2) and sheet.freeze_panes == "A2"

    def test_rows_are_taken_from_the_database_in_chunks(self, orders, browser, monkeypatch):
        monkeypatch.setattr("erp.kernel.listing.export.CHUNK", 2)
        answer = browser.get(ORDERS + "?format=csv")
        assert answer.streaming and len(text_of(answer).splitlines()) == 6

    @pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@home", "\tx"])
    def test_a_text_is_never_a_formula(self, text):
        assert safe(text) == f"'{text}"
        assert "".join(csv_rows(["a"], [[text]])).splitlines()[1].strip('"').startswith("'")

    @given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
    def test_whatever_stands_in_a_cell_a_sheet_can_be_written(self, texts):
        from erp.kernel.spreadsheet import xlsx_stream

        with xlsx_stream(["a"] * len(texts), [texts], title="[a]/*") as file:
            assert load_workbook(file).active.max_row == 2


class TestDoingThingsWithMany:
    def test_each_row_says_what_became_of_it(self, orders, browser):
        chosen = [orders["open"], orders["released"], "NONE"]
        answer = browser.post(ORDERS, {"do": "release", "chosen": chosen, "idempotency_key": "k1"})
        text = re.sub(r"\s+", " ", text_of(answer))
        assert answer.status_code == 422
        assert "1 done. 2 were not done." in text
        assert "NONE is not there any more" in text and "E-STATUS" in text
        assert SalesDocument.objects.get(number=orders["open"]).status == "released"

    def test_sent_twice_it_is_done_once(self, orders, browser):
        typed = {"do": "release", "chosen": [orders["open"]], "idempotency_key": "k1"}
        for _time in range(2):
            assert "1 done." in text_of(browser.post(ORDERS, typed))
        typed["idempotency_key"] = "k2"
        assert "E-STATUS" in text_of(browser.post(ORDERS, typed))

    def test_deleting_asks_first(self, orders, browser):
        typed = {"do": "delete", "chosen": [orders["open"], orders["shipped"]], "idempotency_key": "k1"}
        asked = text_of(browser.post(ORDERS, typed))
        assert "Delete the chosen documents?" in asked and asked.count('name="chosen"') == 2
        assert SalesDocument.objects.filter(number=orders["open"]).exists()
        text = re.sub(r"\s+", " ", text_of(browser.post(ORDERS, typed | {"confirmed": "1"})))
        assert "1 done. 1 was not done." in text and "reopen it before deleting it" in text
        assert not SalesDocument.objects.filter(number=orders["open"]).exists()
        again = re.sub(r"\s+", " ", text_of(browser.post(ORDERS, typed | {"confirmed": "1"})))
        assert "1 done. 1 was not done." in again

    def test_nothing_chosen_is_said(self, orders, browser):
        answer = browser.post(ORDERS, {"do": "release"})
        assert answer.status_code == 422 and "Choose rows of the list first" in text_of(answer)

    def test_posting_goes_on_to_the_page_of_its_options(self, orders, browser):
        answer = browser.post(ORDERS, {"do": "post", "chosen": [orders["open"], orders["partly"]]})
        assert answer.url == f"{ORDERS}post-selected/?chosen={orders['open']}&chosen={orders['partly']}"


class TestCounting:
    def test_a_short_list_is_counted_and_added_up(self, orders, browser):
        text = re.sub(r"\s+", " ", text_of(browser.get(ORDERS)))
        assert "5 rows" in text and "5,000.00" in text  # 5 × 2 × 400 plus 25 %

    def test_a_long_list_is_estimated_until_somebody_asks(self, orders, browser, monkeypatch):
        monkeypatch.setattr("erp.kernel.listing.shown.EXACT", 0)
        text = re.sub(r"\s+", " ", text_of(browser.get(ORDERS)))
        assert ("about" in text or "more than" in text) and "5,000.00" not in text
        asked = re.search(r'href="(\?[^"]*totals=1)"', text)[1].replace("&amp;", "&")
        text = re.sub(r"\s+", " ", text_of(browser.get(ORDERS + asked)))
        assert "5 rows" in text and "5,000.00" in text

    def test_rows_that_follow_are_asked_for_without_the_page_around_them(self, many, browser, monkeypatch):
        monkeypatch.setattr(
            "erp.kernel.listing.keyset.page_of.__kwdefaults__", {"after": "", "before": "", "limit": 5}
        )
        following = neighbour(text_of(browser.get(ORDERS)), "next")
        with CaptureQueriesContext(connection) as asked:
            text = text_of(browser.get(ORDERS + following, headers={"x-requested-with": "handel"}))
        assert "<html" not in text and len(numbers_in(text)) == 5 and 'data-next="?' in text
        assert len(asked) <= 12


def test_every_list_is_declared_over_fields_that_there_are(world):
    """A path with a typing error would only show itself when somebody filters by it."""
    user = User.objects.create(username="everything", is_superuser=True)
    from erp.kernel.listing import Facts

    facts = Facts(user, date(2026, 3, 2), date(2026, 3, 2))
    assert len({listing.key for listing in EVERY}) == len(EVERY)
    for listing in EVERY:
        rows = listing.rows(facts)
        for column in listing.columns:
            if column.expression and not column.is_derived:
                known = field_of(rows.model, column.expression) or column.expression in rows.query.annotations
                assert known, f"{listing.key}: {column.name}"
        assert len({column.name for column in listing.columns}) == len(listing.columns), listing.key


@pytest.mark.parametrize("listing", EVERY, ids=lambda listing: listing.key)
def test_every_column_of_every_list_can_be_filtered_and_sorted(shop, listing):
    """Blank is a filter that every kind of column understands, but yes or no."""
    from erp.kernel.listing import Asked, Facts, Kind
    from erp.kernel.listing.asking import answer
    from erp.kernel.listing.shown import show

    shop.invoice(1)
    user = User.objects.create(username="everything", is_superuser=True)
    facts = Facts(user, date(2026, 3, 2), date(2026, 3, 2))
    for column in listing.columns:
        if not column.expression:
            continue
        text = "no" if column.kind is Kind.YES_NO else "<>''"
        found = answer(
            listing, Asked(view="all", filters={column.name: text}, sort=(f"-{column.name}",)), facts
        )
        assert found.problems == [] and found.notes == [], column.name
        assert show(found).problems == ()
