"""What happens next: operations chosen by dice, among what makes sense and a little of what does not."""

from datetime import date, timedelta
from decimal import Decimal

from tests.soak.dice import Dice
from tests.soak.model import Op
from tests.soak.model.chart import ITEMS, PLACES
from tests.soak.model.papers import Line

ALONE = ("block", "close_until")  # what changes the set-up happens while nothing else does

# How often, among a thousand.
WEIGHTS = {
    "receive_goods": 90, "issue_goods": 30, "adjust_cost": 5, "draft": 150, "add_line": 40, "change_line": 90,
    "remove_line": 15, "discount": 25, "release": 30, "reopen": 20, "delete": 10, "accept": 20, "post": 230,
    "undo_shipment": 25, "cancel": 25, "correct": 10, "credit": 25, "take_back": 15, "pay": 70, "apply_entries": 35,
    "unapply": 30, "reverse": 15, "block": 6, "close_until": 2,
}  # fmt: skip


class Chooser(Dice):
    """Draws operations for the company as the model has it; the same dice and model draw the same."""

    def opening(self) -> list[Op]:
        """Goods to begin with."""
        return [
            Op("receive_goods", {"item": item, "place": place, "quantity": "40", "cost": self._money(1, 60),
                                 "kind": "adjustment", "day": self._today()})
            for item in ITEMS
            for place in PLACES
        ]  # fmt: skip

    def choose(self, *names: str) -> Op:
        """The next operation; one of these names, where some are given."""
        while True:
            pool = {name: WEIGHTS[name] for name in names or WEIGHTS}
            name = self.dice.choices(list(pool), weights=list(pool.values()))[0]
            given = getattr(self, f"_{name}")()
            if given is not None:
                self.drawn += 1
                return Op(name, given)
            if names:
                return self.choose()

    def post_too(self, ref: str) -> Op:
        """Somebody else posts the same document."""
        self.drawn += 1
        return Op("post", self._post() | {"ref": ref, "key": f"K{self.drawn}"})

    def next_day(self) -> None:
        self.day += timedelta(days=self.dice.choice([0, 0, 0, 1, 1, 3]))
        self.day = min(self.day, date(2026, 12, 20))

    # Set-up
    def _block(self):
        return {
            "customer": self._customer(),
            "what": self.dice.choice(["", "", "", "", "", "ship", "invoice", "all"]),
        }

    def _close_until(self):
        return {"day": (self.day - timedelta(days=self.dice.randint(0, 20))).isoformat()}

    # Goods
    def _receive_goods(self):
        return {
            **self._where(),
            "quantity": self._quantity(1, 30),
            "cost": self._money(1, 60),
            "kind": self.dice.choice(["adjustment", "purchase"]),
            "day": self._today(),
        }

    def _issue_goods(self):
        return {**self._where(), "quantity": self._quantity(1, 12), "day": self._today()}

    def _adjust_cost(self):
        return {}

    # Working documents
    def _draft(self):
        type = self.dice.choices(["order", "invoice", "quote"], weights=[6, 3, 1])[0]
        if len(self.company.papers) > 25 and self.dice.random() < 0.7:
            return None
        return {
            "ref": f"D{self.drawn + 1}",
            "type": type,
            "customer": self._customer(),
            "lines": [self._line() for _place in range(self.dice.randint(1, 4))],
            "day": self._today(),
            "pays_by": "CASH" if self.dice.random() < 0.1 else "",
        }

    def _add_line(self):
        if (paper := self._paper()) is None:
            return None
        line = self._line()
        if (
            paper.receives and line["number"] in ITEMS
        ):  # goods come back on an invoice alone, at what they cost then
            return None
        return {"ref": paper.ref, "line": line}

    def _change_line(self):
        paper = self._paper()
        if paper is None or not paper.lines:
            return None
        line = self.dice.choice(paper.lines)
        if line.source is not None:
            changes = {"to_ship": self._some_of(line.quantity - line.shipped)}
        else:
            changes = self._changes(line)
        return {"ref": paper.ref, "line_no": line.no, "changes": changes}

    def _changes(self, line: Line) -> dict:
        what = self.dice.choice(["quantity", "price", "percent", "to_ship", "to_ship", "to_invoice"])
        if what == "to_ship":
            return {what: self._some_of(line.quantity - line.shipped)}
        if what == "to_invoice":
            return {what: self._some_of(line.most_to_invoice)}
        return {
            what: {
                "quantity": self._quantity(1, 15),
                "price": self._money(2, 90),
                "percent": self._percent(),
            }[what]
        }

    def _remove_line(self):
        paper = self._paper()
        return (
            {"ref": paper.ref, "line_no": self.dice.choice(paper.lines).no}
            if paper and len(paper.lines) > 1
            else None
        )

    def _discount(self):
        return (paper := self._paper()) and {"ref": paper.ref, "amount": self._money(0, 40)}

    def _release(self):
        return (paper := self._paper()) and {"ref": paper.ref}

    _reopen = _delete = _release

    def _accept(self):
        paper = self._paper("quote")
        return paper and {"ref": f"D{self.drawn + 1}", "quote": paper.ref, "day": self._today()}

    # Posting
    def _post(self):
        paper = self._paper()
        if paper is None:
            return None
        ship, invoice = self.dice.choice([(True, True), (True, True), (True, False), (False, True)])
        day = (
            self.day - timedelta(days=40)
            if self.dice.random() < 0.02 and self.company.first_day
            else self.day
        )
        key = f"K{self.drawn + 1}"
        return {
            "ref": paper.ref, "ship": ship, "invoice": invoice, "day": day.isoformat(), "key": key,
            "mail": self.dice.random() < 0.3,
        }  # fmt: skip

    def _undo_shipment(self):
        there = [paper for paper in self.company.shipments.values() if paper.order in self.company.papers]
        there = there or list(self.company.shipments.values())[-5:]
        if not there:
            return None
        shipment = self.dice.choice(there)
        return {"shipment": shipment.number, "line_no": self.dice.choice(list(shipment.lines) or [10000])}

    def _cancel(self):
        return (number := self._invoice()) and {"invoice": number, "day": self._today()}

    def _correct(self):
        given = self._cancel()
        return given and {"ref": f"D{self.drawn + 1}", **given}

    def _credit(self):
        given = self._correct()
        return given and {**given, "restores": self.dice.random() < 0.5}

    _take_back = _correct

    # Money
    def _pay(self):
        customer = self._customer()
        there = [entry for entry in self.company.owed.open_of(customer) if entry.remaining > 0]
        given = {"customer": customer, "day": self._today(), "key": f"K{self.drawn + 1}"}
        if there and self.dice.random() < 0.8:
            chosen = self.dice.sample(there, k=min(len(there), self.dice.choice([1, 1, 1, 2, 3])))
            total = sum(entry.remaining for entry in chosen)
            amount = (
                total
                if self.dice.random() < 0.6
                else max(total + Decimal(self.dice.randint(-3000, 2000)) / 100, Decimal(1))
            )
            given |= {"amount": str(amount), "to": [list(entry.name) for entry in chosen]}
        else:
            given |= {"amount": self._money(5, 500), "oldest": self.dice.random() < 0.5}
        if self.dice.random() < 0.05 and "to" not in given:
            given |= {"refund": True, "oldest": False}
        return given

    def _apply_entries(self):
        customer = self._customer()
        there = self.company.owed.open_of(customer)
        if len(there) < 2:
            return None
        given = [entry for entry in there if entry.remaining < 0] or there
        applying = self.dice.choice(given)
        chosen = [
            entry
            for entry in self.dice.sample(there, k=min(len(there), self.dice.randint(1, 3)))
            if entry is not applying
        ]
        return (
            chosen and {"applying": list(applying.name), "to": [list(entry.name) for entry in chosen]}
        ) or None

    def _unapply(self):
        if not self.company.owed.applications:
            return None
        application = self.dice.choice(self.company.owed.applications[-20:])
        return {"name": list(self.dice.choice(list(application.changes)))}

    def _reverse(self):
        there = [
            name
            for name in self.company.owed.entries
            if name.type in ("payment", "refund") and name.number[:3] == "PAY"
        ]
        return {"name": list(self.dice.choice(there[-15:]))} if there else None
