"""What a clerk waits for, measured against a server: pages of lists, documents, look-ups, saved fields and lines."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from tests.bench.server import Client
from tests.bench.timing import Figure, take

# Milliseconds at the 95th percentile.
FIELD, LOOKUP, LINE, TOTALS, LIST, PALETTE, ROLE_CENTRE, POST = 150, 120, 250, 300, 300, 150, 1000, 3000
START = int(time.time()) % 100_000 * 400  # another run on the same company takes other orders
VIEWS = ("open", "released", "partly_shipped", "to_invoice", "delayed", "ready_to_ship")


@dataclass(frozen=True)
class Size:
    customers: int
    items: int
    orders: int


def measure(client: Client, size: Size) -> Iterator[Figure]:
    """Every figure, as it is taken."""
    yield from _lists(client, size)
    yield from _finding(client, size)
    yield from _documents(client, size)
    yield from _editing(client, size)
    yield from _posting(client, size)
    yield take("role_centre", "role centre", lambda _run: client.get("/"), budget=ROLE_CENTRE)


def order_no(size: Size, place: int, *, is_open: bool = True) -> str:
    """The number of an order: of ten orders the first eight are released, the last two open."""
    tenth = (START + place) * 7919 % (size.orders // 10)
    return f"B{tenth * 10 + (8 if is_open else 1):08}"


def _page(client: Client, address: str) -> Callable[[int], object]:
    return lambda _run: client.get(address)


def _lists(client: Client, size: Size) -> Iterator[Figure]:
    orders = "/sales/order/"
    yield take("list_orders", "orders, newest first", _page(client, orders), budget=LIST)
    shown = client.get(orders)
    for view in VIEWS:
        if f"view={view}" in shown:
            title = f"orders, view {view}"
            yield take(f"list_orders_{view}", title, _page(client, f"{orders}?view={view}"), budget=LIST)
    yield take(
        "list_orders_number",
        "orders, search by number",
        lambda run: client.get(f"{orders}?q={order_no(size, run)}"),
        budget=LIST,
    )
    yield take(
        "list_orders_words",
        "orders, search by words",
        lambda run: client.get(f"{orders}?q=jansen+bouw+{run * 37}"),
        budget=LIST,
    )
    yield take(
        "list_orders_po",
        "orders, search by the customer's number",
        lambda run: client.get(f"{orders}?q=PO-{run * 1313}"),
        budget=LIST,
    )
    yield take(
        "list_orders_filter",
        "orders, filtered and sorted by customer",
        _page(client, f"{orders}?f.status=open&sort=-order_date"),
        budget=LIST,
    )
    following = re.search(r'href="([^"]*after=[^"]*)"', shown)
    if following:
        yield take(
            "list_orders_next",
            "orders, next page",
            _page(client, orders + _unescaped(following[1])),
            budget=LIST,
        )
    yield take("list_customers", "customers", _page(client, "/customers/"), budget=LIST)
    yield take(
        "list_customers_words",
        "customers, search by words",
        _page(client, "/customers/?q=hans+serv"),
        budget=LIST,
    )
    yield take("list_items", "items", _page(client, "/items/"), budget=LIST)


def _unescaped(address: str) -> str:
    return address.replace("&amp;", "&").removeprefix("/sales/order/")


def _finding(client: Client, size: Size) -> Iterator[Figure]:
    yield take(
        "lookup_customer",
        "look-up of a customer by words",
        lambda run: client.get_json(f"/lookup/customer/?q=ols+tra+{run}"),
        budget=LOOKUP,
    )
    yield take(
        "lookup_item",
        "look-up of an item by words",
        lambda run: client.get_json(f"/lookup/item/?q=lam+o+{run}"),
        budget=LOOKUP,
    )
    yield take(
        "lookup_item_number",
        "look-up of an item by number",
        lambda run: client.get_json(f"/lookup/item/?q=T{run * 7 % size.items:06}"),
        budget=LOOKUP,
    )
    yield take(
        "palette_number",
        "palette, a number",
        lambda run: client.get_json(f"/palette/?q={order_no(size, run)}"),
        budget=PALETTE,
    )
    yield take(
        "palette_words",
        "palette, words",
        lambda run: client.get_json(f"/palette/?q=jans+{run}"),
        budget=PALETTE,
    )


def _documents(client: Client, size: Size) -> Iterator[Figure]:
    yield take(
        "page_order",
        "an order's page",
        lambda run: client.get(f"/sales/order/{order_no(size, run)}/"),
        budget=TOTALS,
    )
    yield take(
        "page_customer",
        "a customer's card",
        lambda run: client.get(f"/customers/K{run * 31 % size.customers:07}/"),
        budget=TOTALS,
    )
    yield take(
        "page_item",
        "an item's card",
        lambda run: client.get(f"/items/T{run * 31 % size.items:06}/"),
        budget=TOTALS,
    )


def _save(client: Client, number: str, rows: list[dict]) -> dict:
    """What the grid sends; every row has to be taken."""
    answer = client.send(f"/sales/order/{number}/lines/save/", {"key": uuid4().hex, "rows": rows})
    wrong = [row for row in answer["rows"] if row.get("problems") or row.get("conflicts")]
    if wrong:
        raise RuntimeError(f"{number}: {json.dumps(wrong)[:500]}")
    return answer


def new_rows(size: Size, count: int, *, start: int) -> list[dict]:
    """Lines as they are typed or pasted: an item and a quantity."""
    return [
        _line(place, f"T{(start * 101 + place * 7) % size.items:06}", 1 + place % 9) for place in range(count)
    ]


def _line(place: int, item: str, quantity: int) -> dict:
    return {"row": f"new-{place}", "fields": {"number": {"new": item}, "quantity": {"new": str(quantity)}}}


def _editing(client: Client, size: Size) -> Iterator[Figure]:
    def field(run: int) -> None:
        number = order_no(size, 1)
        page = client.get(f"/sales/order/{number}/") if run == 0 else ""
        assert number in page or run
        client.send(
            f"/sales/order/{number}/fields/",
            {"fields": {"your_reference": {"old": f"ref {run - 1}" if run else "", "new": f"ref {run}"}}},
        )

    yield take("save_field", "a field of the head, saved", field, budget=FIELD)

    yield take(
        "add_line",
        "a new line: price, VAT, totals",
        lambda run: _save(client, order_no(size, 2 + run), new_rows(size, 1, start=run)),
        budget=LINE,
    )

    def quantity(run: int) -> None:
        row = {"row": "10000", "fields": {"quantity": {"old": str(2 + run), "new": str(3 + run)}}}
        _save(client, order_no(size, 60), [row])

    yield take("change_quantity", "a quantity changed: price, VAT, totals", quantity, budget=LINE)
    yield take(
        "paste_1000",
        "1,000 lines pasted",
        lambda run: _save(client, order_no(size, 70 + run), new_rows(size, 1000, start=run)),
        budget=None,
        runs=3,
        warm=1,
    )
    yield take(
        "page_order_1000",
        "the page of an order with 1,000 lines",
        lambda _run: client.get(f"/sales/order/{order_no(size, 71)}/"),
        budget=None,
        runs=5,
        warm=1,
    )


def _posting(client: Client, size: Size) -> Iterator[Figure]:
    runs, warm = 10, 2
    for run in range(runs + warm):
        # Beside the two lines that it has: cheap items, so that nobody has to approve the order.
        rows = [_line(place, f"T{place * 400 % size.items:06}", 1) for place in range(8)]
        _save(client, order_no(size, 200 + run), rows)

    today = date.today().isoformat()

    def post(run: int) -> None:
        form = {
            "do": "post",
            "what": "ship_and_invoice",
            "idempotency_key": uuid4().hex,
            "posting_date": today,
        }
        number = order_no(size, 200 + run)
        client.post(f"/sales/order/{number}/post/", form)

    yield take(
        "post_order_10", "an order of 10 lines, shipped and invoiced", post, budget=POST, runs=runs, warm=warm
    )
