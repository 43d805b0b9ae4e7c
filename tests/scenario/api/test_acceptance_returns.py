"""Goods come back, and no more of them than went, told over the API."""

import pytest


@pytest.fixture
def shipment(world):
    """Ten bicycles went to Adatum, and were invoiced."""
    adatum = world.customer("Adatum", number="10000")
    order = world.order(adatum).sells(10, world.item("BICYCLE", stock=10, cost=60, price=100), at=100)
    order.ship()
    order.invoice()
    return order.posted[0].shipment


def test_four_of_ten_come_back_and_seven_more_do_not(world, api, shipment):
    """P22. Of a shipment of ten four are received and credited; of the other six nobody can send seven back."""
    (line,) = api.rows(f"salesShipments({shipment.uuid})/salesShipmentLines")
    comes_back = {"shipmentId": str(shipment.uuid), "lines": [{"lineId": line["id"], "quantity": 4}]}

    order = api.made("salesReturnOrders", {"sellToCustomerNumber": "10000"})
    address = f"salesReturnOrders({order['id']})"
    fetched = api.post(f"{address}/Microsoft.NAV.getPostedLines", comes_back)
    assert fetched.status_code == 200, fetched.body
    goods = api.rows(f"{address}/salesReturnOrderLines?$filter=lineType eq 'Item'", X_Extensions="1")
    assert [row["quantity"] for row in goods] == [4]
    assert goods[0]["appliesFromItemEntry"] > 0

    posted = api.post(f"{address}/Microsoft.NAV.receiveAndInvoice")
    assert posted.status_code == 200, posted.body
    memo = api.one(posted["Location"].partition("/companies(")[2].partition(")/")[2])
    assert posted["Location"].endswith(f"salesCreditMemos({posted.body['salesCreditMemoId']})")
    assert (memo["number"], memo["totalAmountExcludingTax"]) == (posted.body["salesCreditMemoNumber"], 400)
    assert posted.body["orderDeleted"] is True
    receipt = api.one(f"returnReceipts({posted.body['returnReceiptId']})")
    assert receipt["orderNumber"] == order["number"]

    again = api.made("salesReturnOrders", {"sellToCustomerNumber": "10000"})
    address = f"salesReturnOrders({again['id']})"
    comes_back["lines"][0]["quantity"] = 7
    refused = api.post(f"{address}/Microsoft.NAV.getPostedLines", comes_back)
    assert (refused.status_code, refused.target) == (409, "lines[0].quantity")
    assert "only 6 can still come back" in refused.body["error"]["message"]
    assert api.rows(f"{address}/salesReturnOrderLines") == []

    # Whoever names the sale by its entry is told the same.
    line = {
        "documentNumber": again["number"],
        "lineType": "Item",
        "lineObjectNumber": "BICYCLE",
        "quantity": 7,
        "appliesFromItemEntry": goods[0]["appliesFromItemEntry"],
    }
    assert api.post("salesReturnOrderLines", line).status_code == 409
    comes_back["lines"][0]["quantity"] = 6
    assert api.post(f"{address}/Microsoft.NAV.getPostedLines", comes_back).status_code == 200
    assert api.post(f"{address}/Microsoft.NAV.receiveAndInvoice").status_code == 200
    world.check()
