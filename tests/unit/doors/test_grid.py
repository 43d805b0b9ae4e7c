"""The lines of an order as the grid saves them: each row on its own, in order, and nobody's work lost."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import ItemReference
from sales.models import ExtendedText, SalesDocument, SalesLine
from sales.models.base import LineType

KEY = iter(f"key-{number}" for number in range(10000))


def send(browser, document, *rows, key=None):
    document = getattr(document, "document", document)
    address = reverse("sales:lines-save", args=[document.type, document.number])
    body = {"key": key or next(KEY), "rows": list(rows)}
    return browser.post(address, json.dumps(body), content_type="application/json")


def new(name: str, *, after=None, **fields):
    row = {
        "row": f"new-{name}",
        "fields": {field: {"old": "", "new": text} for field, text in fields.items()},
    }
    return row if after is None else row | {"after": after}


def change(line_no: int, **fields):
    """quantity=("2", "3"): where it was 2, 3 is typed."""
    return {
        "row": str(line_no),
        "fields": {name: {"old": old, "new": text} for name, (old, text) in fields.items()},
    }


def saved(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    return answer.json()["rows"]


def lines(document) -> list[tuple]:
    rows = SalesLine.objects.filter(document__number=document.number).order_by("line_no")
    return [(row.line_no, row.number or row.description, row.quantity) for row in rows]


@pytest.fixture
def order(shop) -> SalesDocument:
    return shop.world.order(shop.customer)


class TestNewRows:
    def test_two_whole_lines_in_one_request_in_their_order(self, shop, order, browser):
        shop.world.item("LAMP", price=20)
        rows = saved(
            send(
                browser,
                order,
                new("1", number="bicycle", quantity="2"),
                new("2", number="LAMP", quantity="1+2"),
            )
        )
        assert [(row["row"], row["id"], row["after"]) for row in rows] == [
            ("new-1", "10000", ""),
            ("new-2", "20000", "10000"),
        ]
        assert rows[0]["cells"]["number"]["shown"] == "BICYCLE"
        assert rows[0]["cells"]["description"]["shown"] == "Bicycle, 28 inch"
        assert rows[0]["cells"]["line_amount"] == {"value": "800", "shown": "800.00"}
        assert lines(order) == [(10000, "BICYCLE", 2), (20000, "LAMP", 3)]

    def test_a_number_alone_is_a_line_whose_quantity_follows(self, order, shop, browser):
        saved(send(browser, order, new("1", number="BICYCLE")))
        (row,) = saved(send(browser, order, change(10000, quantity=("0", "2"))))
        assert row["cells"]["line_amount"]["shown"] == "800.00" and row["problems"] == []

    def test_the_customers_reference_and_words_of_a_name(self, order, shop, browser):
        ItemReference.objects.create(item=shop.bicycle, type="customer", type_no="C1", reference_no="A-77")
        saved(
            send(
                browser,
                order,
                new("1", number="A-77", quantity="1"),
                new("2", number="28 bicy", quantity="2"),
            )
        )
        assert lines(order) == [(10000, "BICYCLE", 1), (20000, "BICYCLE", 2)]
        assert SalesLine.objects.get(line_no=10000).item_reference_no == "A-77"

    def test_a_text_without_a_number_is_a_comment(self, order, browser):
        (row,) = saved(send(browser, order, new("1", description="Ring twice")))
        assert row["cells"]["type"]["value"] == LineType.COMMENT and lines(order) == [
            (10000, "Ring twice", 0)
        ]

    def test_other_types_by_number_or_name(self, order, shop, browser):
        saved(send(browser, order, new("1", type="G/L", number="4520", quantity="1", unit_price="17.50")))
        assert SalesLine.objects.get().type == LineType.GL_ACCOUNT

    def test_a_row_that_is_wrong_does_not_keep_the_others_from_being_saved(self, order, shop, browser):
        rows = saved(
            send(
                browser,
                order,
                new("1", number="BICYCLE", quantity="1"),
                new("2", number="unicorn", quantity="1"),
                new("3", number="BICYCLE", quantity="abc"),
                new("4", number="BICYCLE", quantity="4", unit_code="BOX"),
                new("5", number="BICYCLE", quantity="5", unit_price="-1"),
                new("6", quantity="6"),
                new("7", number="BICYCLE", quantity="7"),
            )
        )
        assert lines(order) == [(10000, "BICYCLE", 1), (20000, "BICYCLE", 7)]
        refused = {
            row["row"]: (row["problems"][0]["field"], row["problems"][0]["code"])
            for row in rows
            if row["problems"]
        }
        assert refused == {
            "new-2": ("number", "E-ITEM-NONE"),
            "new-3": ("quantity", "E-TYPED-FIGURE"),
            "new-4": ("unit_code", "E-UOM-MISSING"),
            "new-5": ("unit_price", "E-PRICE-NEGATIVE"),
            "new-6": ("number", "E-NO-NUMBER"),
        }
        assert [row["id"] for row in rows] == ["10000", "", "", "", "", "", "20000"]

    def test_words_that_fit_several_items_name_them(self, order, shop, browser):
        shop.world.item("BICYCLE-2", price=1, description="Another bicycle")
        (row,) = saved(send(browser, order, new("1", number="bicy", quantity="1")))
        assert row["problems"][0]["code"] == "E-ITEM-SEVERAL" and "BICYCLE-2" in row["problems"][0]["message"]

    def test_days_and_quantities_to_ship_of_a_pasted_row(self, order, shop, browser):
        saved(
            send(
                browser, order, new("1", number="BICYCLE", quantity="3", shipment_date="t+7", qty_to_ship="1")
            )
        )
        line = SalesLine.objects.get()
        assert str(line.shipment_date) == "2026-03-09" and line.qty_to_ship == 1

    def test_a_row_whose_rest_is_refused_is_not_added(self, order, shop, browser):
        (row,) = saved(send(browser, order, new("1", number="BICYCLE", quantity="3", qty_to_ship="4")))
        assert row["id"] == "" and row["problems"][0]["field"] == "qty_to_ship" and lines(order) == []

    def test_extended_texts_come_along(self, order, shop, browser):
        ExtendedText.objects.create(subject="item", number="BICYCLE", text="Assemble before riding")
        rows = saved(send(browser, order, new("1", number="BICYCLE", quantity="1")))
        assert [(row["row"], row["after"]) for row in rows][1][1] == "10000"
        assert rows[1]["cells"]["description"]["shown"] == "Assemble before riding"

    def test_as_many_queries_for_two_hundred_rows_as_for_two(self, order, shop, browser):
        counts = []
        for count in (2, 200):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                rows = [new(str(place), number="BICYCLE", quantity="1") for place in range(count)]
                saved(send(browser, order, *rows))
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestBetween:
    def test_rows_go_below_the_row_that_is_named(self, shop, order, browser):
        shop.world.item("LAMP", price=20)
        saved(
            send(
                browser,
                order,
                new("1", number="BICYCLE", quantity="1"),
                new("2", number="BICYCLE", quantity="2"),
            )
        )
        rows = saved(send(browser, order, new("3", after="10000", number="LAMP", quantity="3")))
        assert rows[0]["id"] == "15000" and rows[0]["after"] == "10000"
        saved(send(browser, order, new("4", after="", number="LAMP", quantity="4")))
        assert [quantity for _no, _number, quantity in lines(order)] == [4, 1, 3, 2]

    def test_a_row_below_one_of_the_same_request(self, shop, order, browser):
        saved(
            send(
                browser,
                order,
                new("1", number="BICYCLE", quantity="1"),
                new("2", number="BICYCLE", quantity="2"),
            )
        )
        first = new("3", after="10000", number="BICYCLE", quantity="3")
        saved(send(browser, order, first, new("4", after="new-3", number="BICYCLE", quantity="4")))
        assert [quantity for _no, _number, quantity in lines(order)] == [1, 3, 4, 2]

    def test_no_room(self, shop, order, browser):
        saved(
            send(
                browser,
                order,
                new("1", number="BICYCLE", quantity="1"),
                new("2", number="BICYCLE", quantity="2"),
            )
        )
        SalesLine.objects.filter(line_no=20000).update(line_no=10001)
        (row,) = saved(send(browser, order, new("3", after="10000", number="BICYCLE", quantity="3")))
        assert row["problems"][0]["code"] == "E-LINE-ROOM"


class TestChanges:
    def test_another_number_begins_anew_and_keeps_the_quantity(self, shop, browser):
        shop.world.item("LAMP", price=20)
        order = shop.order(2)
        (row,) = saved(send(browser, order, change(10000, number=("BICYCLE", "lamp"))))
        assert row["cells"]["line_amount"]["shown"] == "40.00" and lines(order) == [(10000, "LAMP", 2)]

    def test_a_refused_field_does_not_keep_the_others_from_being_saved(self, shop, browser):
        order = shop.order(2)
        (row,) = saved(send(browser, order, change(10000, quantity=("2", "3"), qty_to_ship=("2", "9"))))
        assert [problem["field"] for problem in row["problems"]] == ["qty_to_ship"]
        assert lines(order) == [(10000, "BICYCLE", 3)]

    def test_what_somebody_else_typed_is_a_conflict(self, shop, browser):
        order = shop.order(2)
        order.changes(quantity=5)
        asked = change(10000, quantity=("2", "3"), description=("Bicycle, 28 inch", "Red one"))
        (row,) = saved(send(browser, order, asked))
        assert row["conflicts"] == [{"field": "quantity", "mine": "3", "theirs": "5", "value": "5"}]
        line = SalesLine.objects.get()
        assert line.quantity == 5 and line.description == "Red one"

    def test_both_typed_the_same(self, shop, browser):
        order = shop.order(2)
        order.changes(quantity=3)
        (row,) = saved(send(browser, order, change(10000, quantity=("2", "3.0"))))
        assert row["conflicts"] == [] and row["cells"]["quantity"]["value"] == "3"

    def test_other_lines_that_change_along_come_with_the_answer(self, shop, browser):
        order = shop.order(2)
        saved(send(browser, order, new("1", number="BICYCLE", quantity="1")))
        ExtendedText.objects.create(subject="item", number="LAMP", text="Mind the glass")
        shop.world.item("LAMP", price=20)
        rows = saved(send(browser, order, change(10000, number=("BICYCLE", "LAMP"))))
        assert [row["cells"]["number"]["shown"] or row["cells"]["description"]["shown"] for row in rows] == [
            "LAMP",
            "Mind the glass",
        ]

    def test_a_line_that_is_gone(self, shop, browser):
        order = shop.order(2)
        SalesLine.objects.all().delete()
        (row,) = saved(send(browser, order, change(10000, quantity=("2", "3"))))
        assert row["problems"][0]["code"] == "E-ROW-GONE"

    def test_a_line_is_deleted_with_its_texts(self, shop, order, browser):
        ExtendedText.objects.create(subject="item", number="BICYCLE", text="Assemble before riding")
        saved(send(browser, order, new("1", number="BICYCLE", quantity="1")))
        rows = saved(send(browser, order, {"row": "10000", "remove": True, "fields": {}}))
        assert [row["removed"] for row in rows] == [True, True] and lines(order) == []

    def test_what_has_left_stays(self, shop, browser):
        order = shop.order(2).release()
        order.ship()
        (row,) = saved(send(browser, order, {"row": "10000", "remove": True, "fields": {}}))
        assert row["problems"] and "removed" not in row and len(lines(order)) == 1

    def test_a_released_order_takes_quantities_to_ship_and_nothing_else(self, shop, browser):
        order = shop.order(2).release()
        (row,) = saved(send(browser, order, change(10000, quantity=("2", "3"), qty_to_ship=("2", "1"))))
        assert [problem["message"] for problem in row["problems"]] and row["cells"]["quantity"]["locked"]
        assert lines(order) == [(10000, "BICYCLE", 2)]
        (row,) = saved(send(browser, order, change(10000, qty_to_ship=("2", "1"))))
        assert row["problems"] == [] and SalesLine.objects.get().qty_to_ship == 1


class TestRequests:
    def test_the_same_key_does_it_once(self, order, shop, browser):
        row = new("1", number="BICYCLE", quantity="1")
        first, second = (send(browser, order, row, key="same").json() for _time in range(2))
        assert first == second and len(lines(order)) == 1

    @pytest.mark.parametrize(
        "row",
        [
            "no row",
            {"row": 1, "fields": {}},
            {"row": "10000"},
            {"row": "10000", "fields": {"status": {"old": "", "new": "released"}}},
            {"row": "10000", "fields": {"quantity": "3"}},
            {"row": "10000", "fields": {"quantity": {"old": "2", "new": 3}}},
            {"row": "9" * 5000, "fields": {}},
            {"row": "new-1", "after": "9" * 5000, "fields": {"number": {"new": "BICYCLE"}}},
            {"row": "10000", "fields": {"description": {"old": "", "new": "\ud800"}}},
        ],
    )
    def test_nonsense(self, shop, browser, row):
        answer = send(browser, shop.order(), row)
        assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "E-JSON"

    def test_json_without_a_bottom(self, shop, browser):
        order = shop.order().document
        address = reverse("sales:lines-save", args=[order.type, order.number])
        answer = browser.post(address, "[" * 100_000, content_type="application/json")
        assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "E-JSON"

    def test_what_is_pasted_into_columns_that_follow_is_left_out(self, order, shop, browser):
        """The report of another program has VAT and availability as well; nobody types them here."""
        pasted = new("1", number="BICYCLE", quantity="2", vat_percent="25", availability="in stock")
        (row,) = saved(send(browser, order, pasted))
        assert row["problems"] == [] and lines(order) == [(10000, "BICYCLE", 2)]
        (row,) = saved(send(browser, order, change(10000, quantity=("2", "3"), vat_percent=("25", "19"))))
        assert row["problems"] == [] and row["conflicts"] == []
        assert lines(order) == [(10000, "BICYCLE", 3)]

    def test_a_document_that_is_posted_meanwhile(self, shop, browser):
        order = shop.order(1)
        document = order.document
        order.release().post()
        assert send(browser, document, change(10000, quantity=("1", "2"))).status_code == 404

    def test_who_may_only_ship_types_what_leaves(self, shop, sign_in):
        order = shop.order(2).release()
        browser = sign_in("WAREHOUSE")
        (row,) = saved(send(browser, order, change(10000, qty_to_ship=("2", "1"))))
        assert row["problems"] == [] and SalesLine.objects.get().qty_to_ship == 1
        refused = saved(send(browser, order, new("1", number="BICYCLE", quantity="1")))
        assert refused[0]["problems"][0]["code"] == "E-RIGHT"
        refused = saved(send(browser, order, {"row": "10000", "remove": True, "fields": {}}))
        assert refused[0]["problems"][0]["code"] == "E-RIGHT" and len(lines(order)) == 1

    def test_long_texts_and_large_figures_are_refused(self, shop, browser):
        order = shop.order(2)
        asked = change(
            10000,
            description=("Bicycle, 28 inch", "x" * 101),
            quantity=("2", "9" * 14),
            unit_price=("400", "1.123456"),
        )
        (row,) = saved(send(browser, order, asked))
        assert {problem["code"] for problem in row["problems"]} == {
            "E-TYPED-LONG",
            "E-TYPED-LARGE",
            "E-TYPED-FINE",
        }


class TestPage:
    def test_the_lines_are_a_table_that_can_be_read_without_scripts(self, shop, browser):
        order = shop.order(2)
        page = browser.get(reverse("sales:document", args=["order", order.number])).content.decode()
        assert 'role="grid"' in page and '<tr id="line-10000" data-row="10000"' in page
        assert reverse("sales:line", args=["order", order.number, 10000]) in page
        assert 'name="qty_to_ship-10000"' in page and 'id="totals"' in page

    def test_a_pasted_reference_of_the_customer_is_looked_up(self, shop, browser):
        """Two columns have that word in their head; the one that may be typed is meant."""
        page = browser.get(reverse("sales:document", args=["order", shop.order().number])).content.decode()
        names = page.split('data-names="')[1].split('"')[0].split("\n")
        assert names.index("item reference no.\tnumber") > names.index(
            "item reference no.\titem_reference_no"
        )

    def test_texts_are_shown_as_they_are(self, shop, browser):
        order = shop.order(2).changes(description='<b onclick="x">Bold</b>')
        page = browser.get(reverse("sales:document", args=["order", order.number])).content.decode()
        assert "<b onclick" not in page and "&lt;b onclick" in page

    def test_facts_come_by_themselves(self, shop, browser):
        order = shop.order(12)
        facts = browser.get(reverse("sales:lines-facts", args=["order", order.number])).json()
        available = facts["cells"]["availability"]["10000"]
        assert available["look"] == "bad" and available["shown"] == "only 10"
        assert "4,800.00" in facts["parts"]["totals"]

    def test_margin_is_for_those_who_may_see_cost(self, shop, sign_in, browser):
        order = shop.order(2)
        address = reverse("sales:lines-facts", args=["order", order.number])
        assert "Margin" in browser.get(address).json()["parts"]["totals"]
        assert "320.00" in browser.get(address).json()["parts"]["totals"]
        assert "Margin" not in sign_in("CLERK").get(address).json()["parts"]["totals"]

    def test_columns_are_chosen_and_given_back(self, shop, browser):
        order = shop.order(2)
        address = reverse("sales:lines-columns", args=["order", order.number])
        page = reverse("sales:document", args=["order", order.number])
        browser.post(address, {"shown": ["location_code"], "quick": ["number", "unit_price"]})
        shown = browser.get(page).content.decode()
        assert 'data-name="location_code"' in shown and 'data-name="line_amount"' not in shown
        browser.post(address, {"reset": "yes"})
        assert 'data-name="line_amount"' in browser.get(page).content.decode()

    def test_the_last_price_in_words(self, shop, browser):
        shop.invoice(2)
        order = shop.order(1)
        text = browser.get(reverse("sales:line-last-price", args=["order", order.number, 10000])).json()[
            "text"
        ]
        assert "400.00" in text and "BICYCLE" in text

    def test_the_invoice_discount_is_typed_under_the_lines(self, shop, browser):
        order = shop.order(2)
        address = reverse("sales:lines-discount", args=["order", order.number])
        answer = browser.post(address, json.dumps({"amount": "50+30"}), content_type="application/json")
        assert answer.status_code == 200 and SalesLine.objects.get().inv_discount_amount == 80
        refused = browser.post(address, json.dumps({"amount": "9000"}), content_type="application/json")
        assert refused.status_code == 422 and refused.json()["problems"]
