"""The company as a state machine: any sequence of what its routines do, compared with a model after every step.

The model (`tests.soak.model`) knows the manual and none of our code. A short run is part of every test run. A long one,
which asks for the laws of all ledgers after every step, too: HANDEL_SOAK=1 pytest tests/property/test_handel_machine.py
"""

import os
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from erp.kernel.errors import ErpError
from tests.soak.house import perform, set_up
from tests.soak.model import Op
from tests.soak.model.chart import ACCOUNTS, CUSTOMERS, ITEMS, PLACES
from tests.soak.model.company import begin
from tests.soak.model.money import Name
from tests.soak.photo import differences, photograph

IS_LONG = bool(os.environ.get("HANDEL_SOAK"))
DAYS = [f"2026-03-{day:02}" for day in range(2, 30)]

picks = st.integers(0, 5)  # of what there is, the newest first
quantities = st.sampled_from(["1", "2", "3", "5", "0.5", "7.3"])
money = st.decimals("0.01", "99.99", places=2).map(str)
percents = st.sampled_from(["0", "5", "33.33"])
customers = st.sampled_from(sorted(CUSTOMERS))
items, places = st.sampled_from(sorted(ITEMS)), st.sampled_from(PLACES)
goods = st.fixed_dictionaries(
    {"number": items, "quantity": quantities, "price": money, "percent": percents, "place": places}
)
accounts = st.fixed_dictionaries(
    {"number": st.sampled_from(sorted(ACCOUNTS)), "quantity": quantities, "price": money}
)
lines = goods | goods | accounts


class HandelMachine(RuleBasedStateMachine):
    """Every rule is one operation of one person, done or refused as the model says."""

    world = None

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.company = begin()
        self.day = 0
        self.drawn = 0

    def teardown(self):
        try:
            self.world.check()
        finally:
            transaction.savepoint_rollback(self.savepoint)

    # What holds after every step ------------------------------------------------------------------------------------
    def do(self, deed: str, /, **given) -> None:
        """Let model and house do the same, and compare everything."""
        op = Op(deed, given)
        note(str(op))
        forecast = self.company.forecast(op)
        try:
            with transaction.atomic():
                told = perform(op, self.world.by)
        except ErpError as error:
            codes = {error.code, *(problem.code for problem in error.problems)}
            assert forecast and forecast & codes, f"{op} was refused with {codes}, model {forecast}: {error}"
        else:
            assert forecast is None, f"{op} was done, and should be refused: {forecast}"
            self.company.apply(op, told)
        found = differences(self.company.picture(), photograph())
        assert not found, "\n".join([str(op), *found])
        if IS_LONG:
            self.world.check()

    @property
    def today(self) -> str:
        return DAYS[self.day]

    def ref(self) -> str:
        self.drawn += 1
        return f"D{self.drawn}"

    def pick(self, there, place: int):
        there = list(there)
        return there[-1 - place % len(there)]

    # Goods ----------------------------------------------------------------------------------------------------------
    @initialize(cost=money, costs=money)
    def open(self, cost, costs):
        """Some goods are there."""
        for item, amount in (("BOLT", cost), ("SAND", costs)):
            self.do(
                "receive_goods",
                item=item,
                place="",
                quantity="10",
                cost=amount,
                kind="adjustment",
                day=self.today,
            )

    @rule(
        item=items,
        place=places,
        quantity=quantities,
        cost=money,
        kind=st.sampled_from(["purchase", "adjustment"]),
    )
    def goods_come(self, **given):
        self.do("receive_goods", day=self.today, **given)

    @rule(item=items, place=places, quantity=quantities)
    def goods_go(self, **given):
        self.do("issue_goods", day=self.today, **given)

    @rule(days=st.integers(1, 3))
    def time_passes(self, days):
        self.day = min(self.day + days, len(DAYS) - 1)

    # Working documents ----------------------------------------------------------------------------------------------
    @rule(
        type=st.sampled_from(["order", "order", "invoice", "quote"]),
        customer=customers,
        lines=st.lists(lines, min_size=1, max_size=3),
        pays_by=st.sampled_from(["", "", "CASH"]),
    )
    def draft(self, **given):
        self.do("draft", ref=self.ref(), day=self.today, **given)

    @precondition(lambda self: self.company.papers)
    @rule(place=picks, line=lines)
    def add_line(self, place, line):
        paper = self.pick(self.company.papers.values(), place)
        if not (paper.receives and line["number"] in ITEMS):
            self.do("add_line", ref=paper.ref, line=line)

    @precondition(lambda self: any(paper.lines for paper in self.company.papers.values()))
    @rule(
        place=picks,
        line=picks,
        what=st.sampled_from(["quantity", "price", "percent", "to_ship", "to_invoice"]),
        value=quantities,
    )
    def change_line(self, place, line, what, value):
        paper = self.pick([paper for paper in self.company.papers.values() if paper.lines], place)
        chosen = self.pick(paper.lines, line)
        if chosen.source is None or what == "to_ship":
            self.do("change_line", ref=paper.ref, line_no=chosen.no, changes={what: value})

    @precondition(lambda self: any(len(paper.lines) > 1 for paper in self.company.papers.values()))
    @rule(place=picks, line=picks)
    def remove_line(self, place, line):
        paper = self.pick([paper for paper in self.company.papers.values() if len(paper.lines) > 1], place)
        self.do("remove_line", ref=paper.ref, line_no=self.pick(paper.lines, line).no)

    @precondition(lambda self: self.company.papers)
    @rule(place=picks, amount=money)
    def discount(self, place, amount):
        self.do("discount", ref=self.pick(self.company.papers, place), amount=amount)

    @precondition(lambda self: self.company.papers)
    @rule(place=picks, deed=st.sampled_from(["release", "reopen", "delete"]))
    def move(self, place, deed):
        self.do(deed, ref=self.pick(self.company.papers, place))

    @precondition(lambda self: any(paper.type == "quote" for paper in self.company.papers.values()))
    @rule(place=picks)
    def accept(self, place):
        quote = self.pick(
            [paper.ref for paper in self.company.papers.values() if paper.type == "quote"], place
        )
        self.do("accept", ref=self.ref(), quote=quote, day=self.today)

    # Posting --------------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.company.papers)
    @rule(place=picks, what=st.sampled_from([(True, True), (True, False), (False, True)]))
    def post(self, place, what):
        ship, invoice = what
        self.do("post", ref=self.pick(self.company.papers, place), ship=ship, invoice=invoice, day=self.today)

    @precondition(lambda self: self.company.shipments)
    @rule(place=picks, line=picks)
    def undo_shipment(self, place, line):
        shipment = self.pick(self.company.shipments.values(), place)
        self.do("undo_shipment", shipment=shipment.number, line_no=self.pick(shipment.lines, line))

    @precondition(lambda self: self.invoices)
    @rule(place=picks, deed=st.sampled_from(["cancel", "correct", "take_back"]))
    def take_back(self, place, deed):
        ref = {} if deed == "cancel" else {"ref": self.ref()}
        self.do(deed, invoice=self.pick(self.invoices, place), day=self.today, **ref)

    @precondition(lambda self: self.invoices)
    @rule(place=picks, restores=st.booleans())
    def credit(self, place, restores):
        invoice = self.pick(self.invoices, place)
        self.do("credit", ref=self.ref(), invoice=invoice, restores=restores, day=self.today)

    @property
    def invoices(self) -> list[str]:
        return [posted.number for posted in self.company.posted.values() if posted.type == "invoice"]

    # Money ----------------------------------------------------------------------------------------------------------
    @rule(customer=customers, amount=money, oldest=st.booleans())
    def pay(self, **given):
        self.do("pay", day=self.today, **given)

    @precondition(lambda self: self.owing)
    @rule(place=picks, missing=st.sampled_from(["0", "0", "0.01", "5", "-3"]))
    def pay_for(self, place, missing):
        """Somebody pays for something: all of it, a little less, a little more."""
        entry = self.pick(self.owing, place)
        amount = max(entry.remaining - Decimal(missing), Decimal("0.01"))
        self.do("pay", customer=entry.customer, amount=str(amount), to=[list(entry.name)], day=self.today)

    @precondition(lambda self: len(self.owing) and any(self.company.owed.entries))
    @rule(place=picks, other=picks)
    def apply(self, place, other):
        names = list(self.company.owed.entries)
        self.do("apply_entries", applying=list(self.pick(names, place)), to=[list(self.pick(names, other))])

    @precondition(lambda self: self.company.owed.entries)
    @rule(place=picks)
    def unapply(self, place):
        self.do("unapply", name=list(self.pick(self.company.owed.entries, place)))

    @precondition(lambda self: self.payments)
    @rule(place=picks)
    def reverse(self, place):
        self.do("reverse", name=list(self.pick(self.payments, place)))

    @property
    def owing(self):
        return [entry for entry in self.company.owed.entries.values() if entry.remaining > 0]

    @property
    def payments(self) -> list[Name]:
        return [name for name in self.company.owed.entries if name.number.startswith("PAY")]

    # Set-up ---------------------------------------------------------------------------------------------------------
    @rule(customer=customers, what=st.sampled_from(["", "ship", "invoice", "all"]))
    def block(self, **given):
        self.do("block", **given)

    @precondition(lambda self: self.day > 3)
    @rule()
    def close(self):
        self.do("close_until", day=DAYS[self.day - 2])


@pytest.mark.django_db
def test_whatever_people_do_the_books_are_those_of_the_model(world):
    """Orders, shipments, invoices, credits, payments and goods in any order: every ledger is as the model has it."""
    set_up(world.by)
    assert connection.in_atomic_block
    machine = type("Company", (HandelMachine,), {"world": world})
    size = (
        {"max_examples": 300, "stateful_step_count": 60}
        if IS_LONG
        else {"max_examples": 5, "stateful_step_count": 12}
    )
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine, settings=settings(deadline=None, suppress_health_check=quiet, print_blob=True, **size)
    )
