"""What posting does in the model: goods, receivables, revenue, VAT."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.soak.model import chart
from tests.soak.model.money import Name
from tests.soak.model.papers import Line, Paper, Posted, Row, Shipment
from tests.soak.model.stock import Bill, Move
from tests.soak.model.taking_back import TakingBack
from tests.soak.model.words import ZERO, Refused, part

if TYPE_CHECKING:
    from tests.soak.model.deeds import Told


class Posting(TakingBack):
    """The half of the company that writes ledgers."""

    def post(self, ref, ship, invoice, day, key="", mail=False, told: "Told" = None) -> dict[str, Any]:
        """Post what the lines say; returns the numbers of the papers that come of it."""
        if key and key in self.keys:
            return self.keys[key]
        paper = self._paper(ref)
        if paper.type == "quote":
            raise Refused("E-POST-TYPE")
        codes = self._refusals(paper, ship, invoice, date.fromisoformat(day))
        if codes:
            raise Refused(*codes)
        on = date.fromisoformat(day)
        paper.status = "released"
        parts = [(line, *self._part(paper, line, ship, invoice)) for line in paper.lines]
        moves, movers, bills, rows = [], [], [], []
        for line, shipped, now, before in parts:
            goods = []
            if self._is_item(line):
                waiting = [(no, quantity) for no, quantity in line.take_waiting(before)]
                goods += waiting
                bills += [Bill(no, -quantity if not paper.receives else quantity) for no, quantity in waiting]
                direction = 1 if paper.receives else -1
                for quantity, invoiced in ((now, True), (shipped - now, False)):
                    if quantity:
                        moves.append(
                            Move(
                                line.number,
                                line.place,
                                on,
                                direction * quantity,
                                "sale",
                                invoiced,
                                source=line.source,
                            )
                        )
                        movers.append((line, goods if invoiced else None, quantity))
            if now + before:
                amount, discount = line.billed(now + before)
                rows.append(
                    Row(line.number, now + before, amount, discount, goods, line.order or (ref, line.no))
                )
        if any(Decimal(row.amount) for row in rows) and sum(row.amount for row in rows) < 0:
            raise Refused("E-POST-NEGATIVE")
        found: dict[str, Any] = {"shipment": "", "invoice": ""}
        entries, worth = self.stock.post(moves, bills)
        self._book_worth(worth)
        if any(shipped for _line, shipped, *_rest in parts):
            found["shipment"] = self._ship(paper, on, parts, movers, entries)
        for line, shipped, now, before in parts:
            discount = next((row.discount for row in rows if row.order == (ref, line.no)), ZERO)
            line.move(shipped, now + before, discount if line.order is None else ZERO)
            if line.order is not None:
                self._move_order_back(line.order, shipped, now + before)
        if rows:
            found["invoice"] = self._bill(paper, on, rows)
            if mail:
                self.mails.append(found["invoice"])
        if all(line.invoiced == line.quantity for line in paper.lines):
            del self.papers[ref]
        if key:
            self.keys[key] = found
        return found

    def _refusals(self, paper: Paper, ship: bool, invoice: bool, on: date) -> list[str]:
        if not any(line.quantity for line in paper.lines):
            return ["E-REL-NOTHING", "E-POST-NOTHING"]
        codes = []
        if not self._is_open(on):
            codes.append("E-GL-DATE")
        parts = [self._part(paper, line, ship, invoice) for line in paper.lines]
        if not any(shipped or now or before for shipped, now, before in parts):
            codes.append("E-POST-NOTHING")
        blocking = {"invoice", "all"} | ({"ship"} if any(shipped for shipped, *_rest in parts) else set())
        if paper.receives:
            blocking = {"all"}
        if self.blocked.get(paper.customer) in blocking:
            codes.append("E-CU-BLOCK")
        return codes

    @staticmethod
    def _part(paper: Paper, line: Line, ship: bool, invoice: bool) -> tuple[Decimal, Decimal, Decimal]:
        """Of a line: what moves now, how much of that is invoiced, and how much of what moved before is."""
        ship, invoice = ship or paper.at_once, invoice or paper.at_once
        shipped = ZERO
        if ship:
            shipped = line.quantity - line.shipped if paper.at_once else line.to_ship
        if not invoice:
            return shipped, ZERO, ZERO
        waiting = line.shipped - line.invoiced
        wanted = line.quantity - line.invoiced if paper.at_once else line.to_invoice
        all_of_it = min(wanted, waiting + shipped)
        before = min(all_of_it, waiting)
        return shipped, all_of_it - before, before

    def _ship(self, paper: Paper, on: date, parts, movers, entries: list[int]) -> str:
        """Note what moved, and the paper about it."""
        moved: dict[int, list[int]] = {}
        for (line, goods, quantity), no in zip(movers, entries, strict=True):
            moved.setdefault(line.no, []).append(no)
            (line.waiting if goods is None else goods).append(
                [no, quantity] if goods is None else (no, quantity)
            )
        number = self._draw("RCP" if paper.receives else "SHP")
        if not paper.receives:
            lines = {
                line.no: (shipped, line.no, moved.get(line.no, []))
                for line, shipped, *_rest in parts
                if shipped
            }
            self.shipments[number] = Shipment(number, paper.ref, on, lines)
        return number

    def _bill(self, paper: Paper, on: date, rows: list[Row]) -> str:
        """The posted invoice or credit memo, what is owed, and how a cash sale is paid."""
        kind = "credit_memo" if paper.receives else "invoice"
        number = self._draw("CRM" if paper.receives else "INV")
        sign = -1 if paper.receives else 1
        total = self._sell(paper.customer, rows, sign)
        self.posted[number] = Posted(number, kind, paper.customer, on, rows)
        owed = self.owed.owe(Name(kind, number), paper.customer, on, self._due(paper, on), sign * total)
        if paper.applies_to and total:
            invoice = self.owed.named(Name("invoice", paper.applies_to))
            if invoice.day > on:
                raise Refused("E-AP-EARLY")
            self.owed.settle(owed, [(invoice, None)])
        if paper.pays_by == "CASH" and owed.remaining:
            paid = self.owed.owe(
                Name("payment" if sign > 0 else "refund", number), paper.customer, on, on, -owed.remaining
            )
            self._book(chart.CASH, owed.remaining)
            self._book(self._receivable(paper.customer), -owed.remaining)
            self.owed.settle(paid, [(owed, None)])
        return number

    def _sell(self, customer: str, rows: list[Row], sign: int) -> Decimal:
        """Revenue, VAT and receivable; VAT is rounded once for all lines of an identifier. Returns the total."""
        bases: dict[Any, Decimal] = {}
        for row in rows:
            vat = self._vat(customer, row.number)
            bases[vat] = bases.get(vat, ZERO) + row.amount
            self._book(self._revenue(customer, row.number, sign), -sign * row.amount)
        total = ZERO
        for vat, base in bases.items():
            tax = part(base, Decimal(vat.percent), Decimal(100))
            self._tax(vat, -sign * base, -sign * tax)
            total += base + tax
        self._book(self._receivable(customer), sign * total)
        return total

    def _tax(self, vat: chart.VAT, base: Decimal, tax: Decimal) -> None:
        sums = self.vat.setdefault(vat.identifier, [ZERO, ZERO])
        sums[0] += base
        sums[1] += tax
        if tax:
            self._book(vat.account, tax)
