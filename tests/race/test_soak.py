"""A short run of the simulator (`make soak` is the long one), and proof that it would tell a difference."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection

from inventory.models import Stock
from posting.models import GLEntry
from tests.soak import faults
from tests.soak.house import perform, set_up
from tests.soak.model import Op, Unexpected, chart
from tests.soak.model.company import begin
from tests.soak.photo import differences, photograph
from tests.soak.run import Simulation
from tests.soak.simulator import Difference
from tests.support.services import address_of_this_database
from tests.support.smtp import mail_server

STEPS = 6


@contextmanager
def simulator(world, *, seed: int, wanted: tuple[str, ...] = ()):
    with (
        mail_server() as post,
        Simulation(world.by, 2, address_of_this_database(), post, seed=seed, wanted=wanted) as running,
    ):
        try:
            yield running
        finally:
            running.crew.close()
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE soak_log")


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_are_killed_leave_the_books_of_the_model(transactional_db, world, monkeypatch):
    """Some steps of two workers, with everything that can go wrong; one of them is killed for sure.

    In the end the model reckons VAT of 24 %: that is told, with the seed and the step that show it again.
    """
    with simulator(world, seed=7, wanted=faults.ALL) as running:
        for op in running.chooser.opening()[:4]:
            running.carry_out([running.order(op)])
        for _step in range(STEPS):
            running.run_step()
        running.crew.kill(0)
        running.run_step()
        running.check_mails()
        running.check_laws()
        assert running.company.done > STEPS
        assert running.crew.killed

        wrong = {("DOMESTIC", "SERVICES"): chart.VAT("V25", 24, "2200")}
        monkeypatch.setattr(chart, "TAXED", chart.TAXED | wrong)
        line = {"number": "4520", "quantity": "1", "price": "100"}
        draft = {"ref": "LAST", "type": "invoice", "customer": "ADATUM", "lines": [line], "day": "2026-03-02"}
        running.carry_out([running.order(Op("draft", draft))])
        post = Op("post", {"ref": "LAST", "ship": True, "invoice": True, "day": "2026-03-02"})
        with pytest.raises(Difference, match=r"(?s)seed 7, step 7.*VAT, V25: model .*post\(ref='LAST'"):
            running.carry_out([running.order(post)])


@pytest.fixture
def company(world):
    """Model and house, both with ten bolts and an order of two of them."""
    set_up(world.by)
    company = begin()

    def do(name: str, **given):
        op = Op(name, given)
        company.apply(op, perform(op, world.by))

    company.do = do
    do("receive_goods", item="BOLT", place="", quantity="10", cost="7", kind="adjustment", day="2026-03-02")
    line = {"number": "BOLT", "quantity": "2", "price": "10"}
    do("draft", ref="D1", type="order", customer="ADATUM", lines=[line], day="2026-03-02")
    assert differences(company.picture(), photograph()) == []
    return company


def test_a_row_that_was_tampered_with_is_a_difference(company):
    Stock.objects.update(quantity=9)
    (difference,) = differences(company.picture(), photograph())
    assert difference == "stock, (BOLT, ): model (10, 10, 70, 0), database (9, 10, 70, 0)"


def test_a_ledger_row_that_was_tampered_with_is_a_difference(company):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE posting_glentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE posting_glentry SET amount = amount + 1 WHERE entry_no = 1")
        cursor.execute("ALTER TABLE posting_glentry ENABLE TRIGGER USER")
    number = GLEntry.objects.get(pk=1).account.number
    assert any(
        told.startswith(f"accounts, {number}:") for told in differences(company.picture(), photograph())
    )


def test_what_the_model_refuses_may_not_be_done(company):
    company.blocked["ADATUM"] = "all"
    with pytest.raises(Unexpected, match="E-CU-BLOCK"):
        company.do("post", ref="D1", ship=True, invoice=True, day="2026-03-02")


def test_a_number_that_is_not_the_next_one_is_a_difference(company):
    company.drawn["INV"] = 1
    with pytest.raises(Unexpected, match=r"INV-2026-00001.*INV-2026-00002"):
        company.do("post", ref="D1", ship=True, invoice=True, day="2026-03-02")


def test_the_model_reckons_by_itself(company):
    """What two of ten bolts at 7.00 leave behind, sold for 10.00 each with 25 % VAT."""
    company.do("post", ref="D1", ship=True, invoice=True, day="2026-03-02")
    told = company.picture()["accounts"]
    expected = {"1100": "25", "4100": "-20", "2200": "-5", "1200": "56", "5100": "14", "5110": "-70"}
    assert told == {number: Decimal(amount) for number, amount in expected.items()}
