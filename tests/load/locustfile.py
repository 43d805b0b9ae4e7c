"""What one client of the API does, again and again: looks things up, and sells.

It knows the contract only. What it may use it is told in the file that LOAD_PLAN names (tokens, customers, items);
what came of it stands in the file that LOAD_RESULT names.
"""

import itertools
import json
import os
import random
import uuid
from pathlib import Path

from locust import between, events, task
from locust.contrib.fasthttp import FastHttpUser

PLAN = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
ROOT = "/api/v2.0"
LINES = 3
ON_PAPER = 0.2  # share of the invoices that somebody wants to see
tokens = itertools.cycle(PLAN["tokens"])


class Client(FastHttpUser):
    """One user of the API, with a token of its own."""

    wait_time = between(1, 5)  # seconds between two things that it does

    def on_start(self) -> None:
        self.chance = random.Random(uuid.uuid4().int)
        self.known = {"Authorization": f"Bearer {next(tokens)}", "Accept": "application/json"}
        companies = self.ask("GET", f"{ROOT}/companies", "companies")["value"]
        self.base = f"{ROOT}/companies({companies[0]['id']})"

    @task(6)
    def look_at_customers(self) -> None:
        letter = self.chance.choice("ABDFHKMNOSTV")
        query = f"$top=50&$filter=startswith(displayName,'{letter}')&$orderby=number"
        self.ask("GET", f"{self.base}/customers?{query}", "customers of a letter")

    @task(6)
    def look_at_items(self) -> None:
        query = "$top=50&$select=number,displayName,unitPrice,inventory&$filter=unitPrice lt 50"
        self.ask("GET", f"{self.base}/items?{query}", "items below a price")

    @task(6)
    def look_at_orders(self) -> None:
        self.ask("GET", f"{self.base}/salesOrders?$top=20&$expand=salesOrderLines", "orders with their lines")

    @task(4)
    def sell(self) -> None:
        """An order, a second thought about its first line, goods and invoice, and now and then its paper."""
        order = self.ask(
            "POST",
            f"{self.base}/salesOrders?$expand=salesOrderLines",
            "create an order with 3 lines",
            status=201,
            json={
                "customerNumber": self.chance.choice(PLAN["customers"]),
                "externalDocumentNumber": f"L{uuid.uuid4().hex[:12]}",
                "salesOrderLines": [
                    {"lineType": "Item", "lineObjectNumber": number, "quantity": self.chance.randint(1, 5)}
                    for number in self.chance.sample(PLAN["items"], LINES)
                ],
            },
        )
        if order is None:
            return
        line = order["salesOrderLines"][0]
        at = f"{self.base}/salesOrders({order['id']})"
        self.ask(
            "PATCH",
            f"{at}/salesOrderLines({line['id']})",
            "change a line",
            headers={"If-Match": line["@odata.etag"]},
            json={"quantity": line["quantity"] + 1},
        )
        invoice = self.ask(
            "POST",
            f"{at}/Microsoft.NAV.shipAndInvoice",
            "ship and invoice",
            status=204,
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
        if invoice is None:
            return
        self.ask("GET", f"{invoice}?$expand=salesInvoiceLines", "read the invoice")
        if self.chance.random() < ON_PAPER:
            self.ask("GET", f"{invoice}/pdfDocument/pdfDocumentContent", "the invoice on paper")

    def ask(self, method: str, address: str, name: str, *, status: int = 200, headers=None, **more):
        """Send, and expect one status; returns the body, else the path of `Location`, or None after a failure."""
        sent = self.known | (headers or {})
        with self.client.request(
            method, address, name=name, headers=sent, catch_response=True, **more
        ) as answer:
            if answer.status_code != status:
                answer.failure(f"{answer.status_code} {_words(answer)}")
                return None
            place = (answer.headers or {}).get("Location")
            if place and not answer.content:
                return place[place.index(ROOT) :]
            is_json = "json" in (answer.headers or {}).get("Content-Type", "")
            return answer.json() if is_json else {}


def _words(answer) -> str:
    """The code and the sentence of a refusal, without what differs from one to the next."""
    try:
        error = answer.json()["error"]
        return f"{error['code']}: {error['message'].partition(' CorrelationId')[0]}"
    except (ValueError, KeyError, TypeError):
        return str(answer.error or answer.text or "")[:200]


@events.quitting.add_listener
def write_result(environment, **_later) -> None:
    """Leave the figures for whoever has started us."""
    entries = [_figures(entry) for entry in environment.stats.entries.values()]
    errors = [
        {"request": error.name, "times": error.occurrences, "said": str(error.error)}
        for error in environment.stats.errors.values()
    ]
    whole = {"requests": entries, "all": _figures(environment.stats.total), "errors": errors}
    Path(os.environ["LOAD_RESULT"]).write_text(json.dumps(whole))


def _figures(entry) -> dict:
    shares = {"median": 0.5, "p95": 0.95, "p99": 0.99}
    return {
        "name": entry.name,
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "per_second": round(entry.total_rps, 2),
        "max": round(entry.max_response_time),
        **{name: round(entry.get_response_time_percentile(share) or 0) for name, share in shares.items()},
    }
