"""# Selling over the API

An integrator who knows Business Central's API v2.0 writes orders and quotes, ships them in parts, invoices them, and
finds everything where the contract says it is. The numbers are those of the contract's acceptance cases.
"""

from decimal import Decimal as D

import pytest

from sales.models import CustomerInvoiceDiscount, SalesDocument, SalesInvoice, SalesShipment
from tests.world.office import Office

NO_ID = "00000000-0000-0000-0000-000000000000"
SHIP_AND_INVOICE = "Microsoft.NAV.shipAndInvoice"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", number="10000")


@pytest.fixture
def shop(world, adatum):
    """Bicycles at 1,000; the customer 10000 buys them with 25 % VAT."""
    world.item("1896-S", stock=100, cost=600, price=1000)
    return world


def order(api, *lines, **head):
    """An order with lines of (item, quantity), as it is made; without lines ten bicycles."""
    given = [
        {"lineType": "Item", "lineObjectNumber": item, "quantity": quantity} for item, quantity in lines
    ] or [{"lineType": "Item", "lineObjectNumber": "1896-S", "quantity": 10}]
    body = {"customerNumber": "10000", "salesOrderLines": given, **head}
    return api.made("salesOrders?$expand=salesOrderLines", body)


def act(api, name, made, body=None, **headers):
    return api.post(f"salesOrders({made['id']})/Microsoft.NAV.{name}", body, **headers)


def line_of(api, made, place=0):
    return api.one(f"salesOrderLines({made['salesOrderLines'][place]['id']})")


def id_in(address):
    return address.rpartition("(")[2].rstrip(")")


def test_p01_an_order_is_written_with_its_lines(api, shop):
    made = api.post(
        "salesOrders?$expand=salesOrderLines",
        {
            "customerNumber": "10000",
            "salesOrderLines": [
                {"lineType": "Item", "lineObjectNumber": "1896-S", "quantity": 10},
                {"description": "Deliver before noon"},
            ],
        },
    )
    assert made.status_code == 201
    assert made.body["@odata.etag"].startswith('W/"')
    assert made["Location"].endswith(f"/salesOrders({made.body['id']})")
    assert [(line["sequence"], line["lineType"]) for line in made.body["salesOrderLines"]] == [
        (10000, "Item"),
        (20000, "Comment"),
    ]


def test_p02_an_order_is_delivered_and_invoiced_in_two_parts(api, shop):
    made = order(api)
    line = f"salesOrderLines({made['salesOrderLines'][0]['id']})"
    changed = api.patch(line, {"shipQuantity": 4, "invoiceQuantity": 4})
    assert changed.status_code == 200, changed.body

    # Four bicycles leave and are invoiced; the address is that of the invoice.
    first = act(api, "shipAndInvoice", made)
    assert (first.status_code, first.getvalue()) == (204, b"")
    one = SalesInvoice.objects.get()
    assert first["Location"].endswith(f"/salesInvoices({one.uuid})")
    assert first["X-Posted-Invoice-Id"] == str(one.uuid)
    assert first["X-Posted-Shipment-Id"] == str(SalesShipment.objects.get().uuid)
    assert one.amount == 4000
    now = line_of(api, made)
    assert (now["shippedQuantity"], now["invoicedQuantity"], now["shipQuantity"]) == (4, 4, 6)

    # The rest follows on a new invoice; then the order is gone.
    second = act(api, "shipAndInvoice", made)
    two = SalesInvoice.objects.exclude(pk=one.pk).get()
    assert second["Location"].endswith(f"/salesInvoices({two.uuid})")
    assert two.amount == 6000
    gone = api.get(f"salesOrders({made['id']})")
    assert (gone.status_code, gone.code) == (404, "Internal_RecordNotFound")


def test_p03_an_order_is_only_shipped(api, shop):
    made = order(api)
    api.patch(f"salesOrderLines({made['salesOrderLines'][0]['id']})", {"invoiceQuantity": 0})

    done = act(api, "shipAndInvoice", made)
    assert done.status_code == 204
    assert done["Location"].endswith(f"/salesOrders({made['id']})")
    assert "X-Posted-Invoice-Id" not in done
    assert done["X-Posted-Shipment-Id"] == str(SalesShipment.objects.get().uuid)
    assert not SalesInvoice.objects.exists()
    assert api.one(f"salesOrders({made['id']})")["fullyShipped"] is True

    # What was shipped is invoiced by the next call, though nothing is left to ship.
    done = act(api, "shipAndInvoice", made)
    assert done["Location"].endswith(f"/salesInvoices({SalesInvoice.objects.get().uuid})")
    assert SalesShipment.objects.count() == 1


def test_p04_who_takes_only_all_at_once_gets_no_part(api, shop):
    made = order(api, partialShipping=False)
    api.patch(f"salesOrderLines({made['salesOrderLines'][0]['id']})", {"shipQuantity": 4})

    refused = act(api, "shipAndInvoice", made)
    assert refused.status_code == 400
    assert not SalesShipment.objects.exists() and not SalesInvoice.objects.exists()
    assert line_of(api, made)["shippedQuantity"] == 0


def test_p05_who_has_not_seen_a_line_change_may_not_change_the_head(api, shop):
    made = order(api)
    api.patch(f"salesOrderLines({made['salesOrderLines'][0]['id']})", {"quantity": 11})

    path = f"salesOrders({made['id']})"
    stale = api.patch(path, {"externalDocumentNumber": "PO-1"}, etag=made["@odata.etag"])
    assert (stale.status_code, stale.code) == (409, "Request_EntityChanged")
    without = api.patch(path, {"externalDocumentNumber": "PO-1"}, etag=None)
    assert 400 <= without.status_code < 500
    fresh = api.one(path)["@odata.etag"]
    assert api.patch(path, {"externalDocumentNumber": "PO-1"}, etag=fresh).status_code == 200


def test_p05_quantities_to_ship_count_as_a_change_of_the_order(api, shop):
    """They are all that changes, and the head is not touched: its etag is another one all the same."""
    made = order(api)
    api.patch(f"salesOrderLines({made['salesOrderLines'][0]['id']})", {"shipQuantity": 1})
    assert api.one(f"salesOrders({made['id']})")["@odata.etag"] != made["@odata.etag"]


def test_p06_two_names_of_one_customer_must_agree(api, shop):
    other = shop.customer("Fabrikam")
    refused = api.post("salesOrders", {"customerId": str(other.uuid), "customerNumber": "10000"})
    assert refused.status_code == 400
    assert "values do not match" in refused.body["error"]["message"]
    agreed = {"customerId": str(other.uuid), "customerNumber": other.number}
    assert api.made("salesOrders", agreed)["customerName"] == "Fabrikam"


class TestP12:
    """Lines of 6,000 and 4,000, and a discount of 500 on the whole."""

    @pytest.fixture(autouse=True)
    def goods(self, shop):
        shop.item("SIX", stock=10, cost=1, price=6000)
        shop.item("FOUR", stock=10, cost=1, price=4000)
        shop.item("TWO", stock=10, cost=1, price=2000)

    @pytest.fixture
    def made(self, api):
        made = order(api, ("SIX", 1), ("FOUR", 1))
        changed = api.patch(f"salesOrders({made['id']})", {"discountAmount": 500})
        assert changed.status_code == 200, changed.body
        return made

    def head(self, api, made):
        now = api.one(f"salesOrders({made['id']})")
        return now["discountAmount"], now["totalAmountExcludingTax"]

    def shares(self, api, made):
        rows = api.rows(f"salesOrders({made['id']})/salesOrderLines")
        return [row["invoiceDiscountAllocation"] for row in rows]

    def test_it_is_shared(self, api, made):
        assert self.head(api, made) == (500, 9500)
        assert self.shares(api, made) == [300, 200]

    def test_a_new_line_takes_a_part_of_it(self, api, made):
        line = {"lineType": "Item", "lineObjectNumber": "TWO", "quantity": 1}
        api.made(f"salesOrders({made['id']})/salesOrderLines", line)
        assert self.head(api, made) == (500, 11500)
        assert self.shares(api, made) == [250, D("166.67"), D("83.33")]

    def test_a_changed_line_takes_its_share_along(self, api, made):
        api.patch(f"salesOrderLines({made['salesOrderLines'][1]['id']})", {"quantity": 2})
        assert self.head(api, made) == (300, 13700)

    def test_a_company_may_keep_it(self, api, made, shop):
        shop.sales_setup(keep_invoice_discount_amount=True)
        api.patch(f"salesOrderLines({made['salesOrderLines'][1]['id']})", {"quantity": 2})
        assert self.head(api, made) == (500, 13500)

    def test_zero_stays_zero_until_the_rule_is_asked_again(self, api, made, adatum):
        CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=5)
        path = f"salesOrders({made['id']})"
        api.patch(path, {"discountAmount": 0})
        assert self.head(api, made) == (0, 10000)
        api.patch(f"salesOrderLines({made['salesOrderLines'][1]['id']})", {"quantity": 2})
        assert self.head(api, made) == (0, 14000)

        api.patch(path, {"discountAmount": None})
        assert self.head(api, made) == (700, 13300)
        # The rule goes on deciding when lines change.
        api.patch(f"salesOrderLines({made['salesOrderLines'][1]['id']})", {"quantity": 1})
        assert self.head(api, made) == (500, 9500)


def test_p13_local_currency_has_a_code_and_no_id(api, shop):
    shop.ledger_setup(lcy_code="DKK")
    made = order(api)
    assert (made["currencyCode"], made["currencyId"]) == ("DKK", NO_ID)
    for said in ({"currencyCode": "DKK"}, {"currencyId": NO_ID}, {"currencyCode": ""}):
        same = api.patch(f"salesOrders({made['id']})", said)
        assert (same.status_code, same.body["currencyCode"]) == (200, "DKK"), same.body
    for asked in ("currencyCode eq 'DKK'", "currencyCode eq ''", f"currencyId eq {NO_ID}"):
        assert len(api.rows(f"salesOrders?$filter={asked}")) == 1, asked

    refused = order_in(api, "XXX")
    assert (refused.status_code, refused.target) == (400, "currencyCode")


def test_p13_another_currency_has_the_rate_of_the_posting_date(api, shop):
    from datetime import date

    shop.rate("USD", 100, 80, on=date(2026, 1, 1))
    shop.rate("USD", 100, 90, on=date(2026, 6, 1))
    made = order_in(api, "usd", postingDate="2026-03-02")
    assert made.status_code == 201, made.body
    assert made.body["currencyCode"] == "USD"
    document = SalesDocument.objects.get(uuid=made.body["id"])
    assert document.currency_factor == D("1.25")
    assert len(api.rows("salesOrders?$filter=currencyCode eq 'USD'")) == 1
    assert api.rows("salesOrders?$filter=currencyCode eq 'EUR'") == []


def order_in(api, currency, **head):
    return api.post("salesOrders", {"customerNumber": "10000", "currencyCode": currency, **head})


def test_p14_lines_want_a_parent_and_status_has_encoded_names(api, shop):
    made = order(api)
    other = order(api)
    SalesDocument.objects.filter(uuid=other["id"]).update(status="pending_approval")

    assert api.get("salesOrderLines").status_code == 400
    assert len(api.rows(f"salesOrderLines?$filter=documentId eq {made['id']}")) == 1
    waiting = api.rows("salesOrders?$filter=status eq 'In_x0020_Review'")
    assert [row["id"] for row in waiting] == [other["id"]]
    assert waiting[0]["status"] == "In_x0020_Review"


def test_p17_a_repeated_call_posts_once(api, shop):
    made = order(api)
    first = act(api, "shipAndInvoice", made, Idempotency_Key="K-17")
    again = act(api, "shipAndInvoice", made, Idempotency_Key="K-17")
    assert (again.status_code, again["Location"]) == (204, first["Location"])
    assert again["X-Posted-Invoice-Id"] == first["X-Posted-Invoice-Id"]
    assert SalesInvoice.objects.count() == 1


def test_p21_a_quote_is_approved_before_it_becomes_an_order(api, shop):
    office = Office(shop)
    office.workflow(document_types=["quote"])
    clara = api.of(office.user("clara"))
    quote = clara.made(
        "salesQuotes",
        {
            "customerNumber": "10000",
            "salesQuoteLines": [{"lineType": "Item", "lineObjectNumber": "1896-S", "quantity": 2}],
        },
    )
    path = f"salesQuotes({quote['id']})"
    refused = clara.post(f"{path}/Microsoft.NAV.makeOrder")
    assert (refused.status_code, refused.code) == (409, "Approval_Required")
    assert (clara.post(f"{path}/Microsoft.NAV.makeInvoice").status_code) == 409

    sent = clara.post(f"{path}/Microsoft.NAV.sendApprovalRequest", {"comment": "Our best customer"})
    assert (sent.status_code, sent.body["status"]) == (200, "Approved")
    assert clara.one(path)["status"] == "Draft"

    made = clara.post(f"{path}/Microsoft.NAV.makeOrder")
    assert made.status_code == 204
    assert clara.one(f"salesOrders({id_in(made['Location'])})")["totalAmountExcludingTax"] == 2000
    assert clara.get(path).status_code == 404


def test_p24_only_what_is_asked_for(api, shop):
    made = order(api, ("1896-S", 10), ("1896-S", 3))
    (row,) = api.rows(
        "salesOrders?$select=number&$expand=salesOrderLines($select=sequence,quantity;$filter=quantity gt 5)"
    )
    assert set(row) == {"@odata.etag", "number", "salesOrderLines"}
    (line,) = row["salesOrderLines"]
    assert set(line) == {"@odata.etag", "sequence", "quantity"}
    assert (row["number"], line["quantity"]) == (made["number"], 10)
    assert api.get("salesOrders?$select=nonsense").status_code == 400
    assert api.post("salesOrders", {"customerNumber": "10000", "nonsense": 1}).status_code == 400


def test_the_worked_example(api, shop):
    """Ten bicycles and a fee are ordered; four bicycles leave, and the fee with them, as its quantities say so."""
    made = api.made(
        "salesOrders?$expand=salesOrderLines",
        {
            "customerNumber": "10000",
            "externalDocumentNumber": "PO-4711",
            "requestedDeliveryDate": "2026-12-10",
            "partialShipping": True,
            "salesOrderLines": [
                {"lineType": "Item", "lineObjectNumber": "1896-S", "quantity": 10},
                {"lineType": "Account", "lineObjectNumber": "4520", "quantity": 1, "unitPrice": 150},
                {"description": "Deliver before noon"},
            ],
        },
        Idempotency_Key="7c1e",
    )
    assert (made["status"], made["discountAmount"], made["fullyShipped"]) == ("Draft", 0, False)
    assert made["totalAmountExcludingTax"] == 10150
    assert made["totalTaxAmount"] == D("2537.5")
    assert made["totalAmountIncludingTax"] == D("12687.5")
    bicycles = made["salesOrderLines"][0]
    wanted = {"sequence": 10000, "lineType": "Item", "quantity": 10, "unitPrice": 1000, "netAmount": 10000}
    wanted |= {"taxPercent": 25, "shipQuantity": 10, "invoiceQuantity": 10}
    assert {name: bicycles[name] for name in wanted} == wanted

    path = f"salesOrders({made['id']})"
    changed = api.patch(
        f"{path}/salesOrderLines({bicycles['id']})",
        {"shipQuantity": 4, "invoiceQuantity": 4},
        etag=bicycles["@odata.etag"],
    )
    assert changed.status_code == 200
    posted = api.post(f"{path}/{SHIP_AND_INVOICE}")
    assert posted.status_code == 204
    invoice = api.one(
        f"salesInvoices({id_in(posted['Location'])})"
        "?$select=number,orderNumber,status,remainingAmount,totalAmountExcludingTax"
    )
    assert invoice["orderNumber"] == made["number"]
    assert (invoice["status"], invoice["totalAmountExcludingTax"]) == ("Open", 4150)
    assert invoice["remainingAmount"] == D("5187.5")
