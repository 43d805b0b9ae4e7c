"""Clients that know OData and nothing of Handel: python-odata from PyPI, @odata/client and odata from npm.

Each reads, filters, makes an order with two lines in one request, posts it, and finds the invoice.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from odata.service import ODataService

from sales.models import SalesInvoice
from tests.clients.conftest import TOTAL

pytestmark = pytest.mark.django_db(transaction=True)
HERE = Path(__file__).parent / "npm"
INSTALLED = Path(__file__).parents[2] / "build" / "npm"


@pytest.fixture(scope="session")
def npm() -> Path:
    """The clients of npm, installed by their lock file into a folder that is not kept; the path of the folder."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    stamp = INSTALLED / ".installed"
    lock = (HERE / "package-lock.json").read_text()
    if not stamp.exists() or stamp.read_text() != lock:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, INSTALLED / name)
        done = subprocess.run(
            [_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=INSTALLED, capture_output=True, text=True, timeout=300, env=_path(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        stamp.write_text(lock)
    return INSTALLED


def _tool(name: str) -> str:
    """A tool of node: the one that came with the development requirements, else the machine's own."""
    own = Path(sys.executable).parent / name
    return str(own) if own.exists() else shutil.which(name) or name


def _path() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def check_order(order: str, status: str, total, quantities) -> None:
    """The order is posted as it was written."""
    assert (status, total, list(quantities)) == ("Open", TOTAL, [2, 0])
    invoice = SalesInvoice.objects.get(order_no=order)
    assert (invoice.amount, invoice.customer.number) == (TOTAL, "C1")


@pytest.mark.parametrize("script", ["odata_client.mjs", "o.mjs"])
def test_clients_of_npm(npm, service, token, script):
    shutil.copy(HERE / script, npm / script)
    done = subprocess.run(
        [_tool("node"), script, service, token, "BICYCLE"],
        cwd=npm,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["customer"] == "Adatum"
    check_order(told["order"], told["status"], told["total"], told["lines"])


@pytest.fixture
def session(token):
    """Requests with the token."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


def test_python_odata(service, session):
    """It learns every set from $metadata, and calls the action as a method."""
    there = ODataService(f"{service}/", session=session, reflect_entities=True, quiet_progress=True)
    customers, orders, lines = (
        there.entities[name] for name in ("customers", "salesOrders", "salesOrderLines")
    )
    adatum = there.query(customers).filter(customers.displayName == "Adatum").first()

    order = orders()
    order.customerNumber = adatum.number
    bicycles, text = lines(), lines()
    bicycles.lineType, bicycles.lineObjectNumber, bicycles.quantity = "Item", "BICYCLE", 2
    text.description = "Deliver before noon"
    order.salesOrderLines = [bicycles, text]
    there.save(order)
    assert order.totalAmountExcludingTax == TOTAL

    order.shipAndInvoice()
    invoices = there.entities["salesInvoices"]
    invoice = (
        there.query(invoices)
        .filter(invoices.orderNumber == order.number)
        .expand(invoices.salesInvoiceLines)
        .first()
    )
    posted = sorted(invoice.salesInvoiceLines, key=lambda line: line.sequence)
    check_order(
        order.number, invoice.status, invoice.totalAmountExcludingTax, [line.quantity for line in posted]
    )
