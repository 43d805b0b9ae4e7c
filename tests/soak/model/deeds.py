"""The operations of the model: goods, working documents, and the set-up. What is posted of them is in `posting`."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.soak.model.money import Name, Receivables
from tests.soak.model.papers import Line, Paper, Posted, Shipment
from tests.soak.model.paying import Paying
from tests.soak.model.stock import Move, Stock
from tests.soak.model.words import ZERO, Refused, part, shared

Told = dict[str, Any] | None
STEP = 10000


class Deeds(Paying):
    """What may be asked of the company. Every method takes what an `Op` gives, and `told` by the house."""

    def __init__(self, methods: dict[str, str]):
        self.stock = Stock(methods)
        self.owed = Receivables()
        self.papers: dict[str, Paper] = {}
        self.posted: dict[str, Posted] = {}
        self.shipments: dict[str, Shipment] = {}
        self.accounts: dict[str, Decimal] = {}
        self.vat: dict[str, list[Decimal]] = {}
        self.drawn: Counter[str] = Counter()
        self.blocked: dict[str, str] = {}
        self.keys: dict[str, dict] = {}
        self.mails: list[str] = []
        self.first_day: date | None = None
        self.done = 0

    # Set-up ---------------------------------------------------------------------------------------------------------
    def block(self, customer: str, what: str, told: Told) -> None:
        self.blocked[customer] = what

    def close_until(self, day: str, told: Told) -> None:
        """Nothing is posted before this day any more."""
        self.first_day = date.fromisoformat(day)

    # Goods ----------------------------------------------------------------------------------------------------------
    def receive_goods(self, item, place, quantity, cost, kind, day, told: Told) -> None:
        on = self._open_day(day)
        amount = part(Decimal(cost), Decimal(quantity), Decimal(1))
        self._move([Move(item, place, on, Decimal(quantity), kind, cost=amount)])

    def issue_goods(self, item, place, quantity, day, told: Told) -> None:
        on = self._open_day(day)
        self._move([Move(item, place, on, -Decimal(quantity), "adjustment")])

    def adjust_cost(self, told: Told) -> None:
        """Costs are adjusted with every posting: there is nothing left to do."""

    # Working documents ----------------------------------------------------------------------------------------------
    def draft(self, ref, type, customer, lines, day, pays_by="", told: Told = None) -> None:
        self._not_blocked(customer, "create", type)
        paper = Paper(ref, type, (told or {}).get("number", ref), customer, pays_by=pays_by)
        for line in lines:
            paper.lines.append(_new_line(paper, line))
        self.papers[ref] = paper

    def add_line(self, ref, line, told: Told) -> None:
        paper = self._open(ref)
        paper.lines.append(_new_line(paper, line))

    def change_line(self, ref, line_no, changes, told: Told) -> None:
        paper = self._paper(ref)
        if paper.status != "open" and changes.keys() - {"to_ship", "to_invoice"}:
            raise Refused("E-LINE-STATUS", "E-DOC-GONE")
        self._line(paper, line_no).change(**{name: Decimal(value) for name, value in changes.items()})

    def remove_line(self, ref, line_no, told: Told) -> None:
        paper = self._open(ref)
        line = self._line(paper, line_no)
        if line.shipped != line.invoiced:
            raise Refused("E-LINE-SHIPNOTINV")
        paper.lines.remove(line)

    def discount(self, ref, amount, told: Told) -> None:
        """Give the document an invoice discount: by VAT group, then by line."""
        paper = self._open(ref)
        rests = [self._discountable(line) for line in paper.lines]
        rest = Decimal(amount) - sum((line.given_invoiced for line in paper.lines), ZERO)
        if rest and not sum(rests, ZERO):
            raise Refused("E-INVD-NOBASE")
        if not 0 <= rest <= sum(rests, ZERO):
            raise Refused("E-INVD-MAX")
        groups: dict[str, list[int]] = {}
        for place, line in enumerate(paper.lines):
            if rests[place]:
                groups.setdefault(self._vat(paper.customer, line.number).identifier, []).append(place)
        for line in paper.lines:
            line.given = line.given_invoiced
        order = sorted(groups)
        by_group = shared(rest, [sum((rests[place] for place in groups[key]), ZERO) for key in order])
        for key, group_share in zip(order, by_group, strict=True):
            shares = shared(group_share, [rests[place] for place in groups[key]])
            for place, share in zip(groups[key], shares, strict=True):
                paper.lines[place].given += share

    def release(self, ref, told: Told) -> None:
        paper = self._paper(ref)
        if paper.status != "open":
            raise Refused("E-STATUS")
        if not any(line.quantity for line in paper.lines):
            raise Refused("E-REL-NOTHING")
        paper.status = "released"

    def reopen(self, ref, told: Told) -> None:
        paper = self._paper(ref)
        if paper.status != "released":
            raise Refused("E-STATUS")
        paper.status = "open"

    def delete(self, ref, told: Told) -> None:
        paper = self._paper(ref)
        if paper.status != "open":
            raise Refused("E-HDR-RELEASED")
        if any(line.shipped != line.invoiced for line in paper.lines):
            raise Refused("E-LINE-SHIPNOTINV")
        del self.papers[ref]

    def accept(self, ref, quote, day, told: Told) -> None:
        """A quote becomes an order, with all that is on it."""
        paper = self._paper(quote)
        if paper.type != "quote":
            raise Refused("E-QUO-TYPE")
        if not any(line.quantity for line in paper.lines):
            raise Refused("E-QUO-PART", "E-QUO-NOTHING")
        self._not_blocked(paper.customer, "create", "order")
        del self.papers[quote]
        paper.ref, paper.type, paper.status = ref, "order", "open"
        paper.number = (told or {}).get("number", ref)
        for line in paper.lines:
            line.begin()
        self.papers[ref] = paper

    # Taking back ----------------------------------------------------------------------------------------------------
    def credit(self, ref, invoice, restores, day, told: Told) -> None:
        """A credit memo of what of an invoice has not come back; its lines are told by the house."""
        posted = self._invoice(invoice)
        self._not_blocked(posted.customer, "create", "credit_memo")
        owed = self.owed.entries[Name("invoice", invoice)]
        paper = Paper(ref, "credit_memo", ref, posted.customer, applies_to=invoice if owed.remaining else "")
        self._adopt(paper, told, posted, restores)

    def take_back(self, ref, invoice, day, told: Told) -> None:
        """A return order with the lines of an invoice that have not come back."""
        posted = self._invoice(invoice)
        self._not_blocked(posted.customer, "create", "return_order")
        self._adopt(Paper(ref, "return_order", ref, posted.customer), told, posted, False)

    def _adopt(self, paper: Paper, told: Told, posted: Posted, restores: bool) -> None:
        """Lines that the house copied: no more of anything than was sold, and at no other price."""
        self.papers[paper.ref] = paper
        if told is None:
            return
        paper.number, paper.last_text = told["number"], told["last_text"]
        sold = {no: quantity for row in posted.rows for no, quantity in row.goods}
        for row in told["lines"]:
            given = {
                name: Decimal(row[name])
                for name in ("quantity", "price", "percent", "discount", "amount", "given")
            }
            line = Line(row["no"], row["number"], place=row["place"], source=row["source"], **given)
            assert line.source is None or line.quantity <= sold[line.source], row
            if restores and row["order"]:
                line.order = (row["order"][0], row["order"][1])
            paper.lines.append(line)

    def correct(self, ref, invoice, day, told: Told) -> dict:
        """Cancel an invoice, and write it once more for editing."""
        found = self.cancel(invoice, day, told)
        posted = self.posted[invoice]
        self._adopt(Paper(ref, "invoice", ref, posted.customer), told, posted, False)
        return found

    # Smaller things -------------------------------------------------------------------------------------------------
    def _paper(self, ref: str) -> Paper:
        if ref not in self.papers:
            raise Refused("E-DOC-GONE")
        return self.papers[ref]

    def _open(self, ref: str) -> Paper:
        paper = self._paper(ref)
        if paper.status != "open":
            raise Refused("E-LINE-STATUS", "E-DOC-GONE")
        return paper

    @staticmethod
    def _line(paper: Paper, line_no: int) -> Line:
        found = next((line for line in paper.lines if line.no == line_no), None)
        if found is None:
            raise Refused("E-DOC-GONE")
        return found

    def _discountable(self, line: Line) -> Decimal:
        """What of a line is not invoiced; accounts are never discounted with the rest."""
        if not line.quantity or not self._is_item(line):
            return ZERO
        return part(line.amount, line.quantity - line.invoiced, line.quantity)

    def _invoice(self, number: str) -> Posted:
        return self.posted[number]


def _new_line(paper: Paper, given: dict) -> Line:
    """A line at the end of a document."""
    last = max((line.no for line in paper.lines), default=paper.last_text)
    return Line(
        last + STEP,
        given["number"],
        Decimal(given["quantity"]),
        Decimal(given["price"]),
        Decimal(given.get("percent", 0)),
        given.get("place", ""),
    )


def due(day: date) -> date:
    """Everybody has thirty days."""
    return day + timedelta(days=30)
