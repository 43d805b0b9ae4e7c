"""# Many requests in one

A shop sends what belongs together in one request: all of it is done, or nothing. What is posted is final; so posting
may only come last.
"""

import pytest

from sales.models import SalesDocument, SalesInvoice

POST = "Microsoft.NAV.shipAndInvoice"


@pytest.fixture
def shop(world):
    world.customer("Adatum", number="10000")
    world.item("1896-S", stock=100, cost=600, price=1000)
    return world


def part(id, method, url, body=None, **more):
    return {"id": id, "method": method, "url": url, "body": body, **more}


def line(quantity):
    return {"lineType": "Item", "lineObjectNumber": "1896-S", "quantity": quantity}


def send(api, *parts):
    answer = api.post("$batch", {"requests": list(parts)}, Isolation="snapshot")
    assert answer.status_code == 200, answer.body
    return {each["id"]: each for each in answer.body["responses"]}


def test_p16_the_third_fails_and_all_is_gone(api, shop):
    answers = send(
        api,
        part("order", "POST", "salesOrders", {"customerNumber": "10000"}),
        part("line", "POST", "$order/salesOrderLines", line(10)),
        part("wrong", "POST", "$order/salesOrderLines", {"lineType": "Item", "lineObjectNumber": "NONE"}),
    )
    assert [answers[id]["status"] for id in ("order", "line", "wrong")] == [424, 424, 400]
    assert not SalesDocument.objects.exists()


def test_p16_posting_comes_last_or_not_at_all(api, shop):
    order = api.made("salesOrders", {"customerNumber": "10000", "salesOrderLines": [line(10)]})
    posting = part("post", "POST", f"salesOrders({order['id']})/{POST}")
    change = part("change", "PATCH", f"salesOrders({order['id']})", {"email": "a@b.example"})
    change["headers"] = {"If-Match": "*"}
    more = part("more", "POST", "salesOrders", {"customerNumber": "10000"})

    answers = send(api, change, posting, more)
    assert [answers[id]["status"] for id in ("change", "post", "more")] == [424, 400, 424]
    assert answers["post"]["body"]["error"]["code"] == "BadRequest_InvalidOperation"
    assert not SalesInvoice.objects.exists()
    assert SalesDocument.objects.get().sell_to_email != "a@b.example"

    answers = send(api, change, posting)
    assert [answers[id]["status"] for id in ("change", "post")] == [200, 204]
    assert SalesInvoice.objects.get().amount == 10_000
