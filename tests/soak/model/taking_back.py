"""How posted papers are taken back in the model: shipments that never were, invoices that are cancelled."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.soak.model.books import Books
from tests.soak.model.money import Name
from tests.soak.model.papers import Posted
from tests.soak.model.stock import Move
from tests.soak.model.words import ZERO, Refused, part

if TYPE_CHECKING:
    from tests.soak.model.deeds import Told


class TakingBack(Books):
    """Undoing and cancelling."""

    def undo_shipment(self, shipment, line_no, told: "Told") -> None:
        """A line of a shipment that was not invoiced never was."""
        paper = self.shipments[shipment]
        if not self._is_open(paper.day):
            raise Refused("E-GL-DATE")
        if line_no not in paper.lines:
            raise Refused("E-UNDO-NOTHING")
        quantity, order_line, numbers = paper.lines[line_no]
        if line_no in paper.undone:
            raise Refused("E-UNDO-DONE")
        entries = [self.stock.entries[no] for no in numbers]
        if any(entry.invoiced for entry in entries):
            raise Refused("E-UNDO-INVOICED", "E-UNDO-RETURNED")
        if any(entry.returned for entry in entries):
            raise Refused("E-UNDO-RETURNED")
        order = self.papers.get(paper.order)
        line = next((line for line in order.lines if line.no == order_line), None) if order else None
        if line is None:
            raise Refused("E-UNDO-ORDER")
        if not numbers and quantity > line.shipped - line.invoiced:
            raise Refused("E-UNDO-INVOICED")
        moves = [
            Move(entry.item, entry.place, paper.day, -entry.quantity, undoes=entry.no) for entry in entries
        ]
        _entries, worth = self.stock.post(moves)
        self._book_worth(worth)
        paper.undone.add(line_no)
        line.waiting = [entry for entry in line.waiting if entry[0] not in numbers]
        line.move(-quantity, ZERO, ZERO)

    def cancel(self, invoice, day, told: "Told") -> dict[str, Any]:
        """A posted invoice is taken back whole, on its own day."""
        posted = self.posted[invoice]
        if posted.cancelled_by:
            raise Refused("E-COR-DONE")
        owed = self.owed.entries[Name("invoice", invoice)]
        codes = []
        if not self._is_open(posted.day):
            codes.append("E-COR-CLOSED")
        if owed.remaining != owed.amount:
            codes.append("E-COR-PAID")
        if self.blocked.get(posted.customer) in ("invoice", "all"):
            codes.append("E-COR-CUST")
        moves, left = [], {}
        for row in posted.rows:
            for no, quantity in row.goods:
                entry = self.stock.entries[no]
                there = left.setdefault(no, entry.left)
                if there < quantity:
                    codes.append("E-COR-RETURNED")
                left[no] = there - quantity
                moves.append(Move(entry.item, entry.place, posted.day, quantity, source=no))
        if codes:
            raise Refused(*codes)
        _entries, worth = self.stock.post(moves)
        self._book_worth(worth)
        self._take_back_money(posted, owed)
        number = self._draw("CRM")
        self._draw("RCP")
        credit = self.owed.owe(
            Name("credit_memo", number), posted.customer, posted.day, posted.day, -owed.amount
        )
        if owed.amount:
            self.owed.settle(credit, [(owed, None)])
        posted.cancelled_by = number
        self.posted[number] = Posted(number, "credit_memo", posted.customer, posted.day, [])
        for row in posted.rows:
            self._move_order_back(row.order, row.quantity, row.quantity, row.discount)
        return {"credit_memo": number}

    def _take_back_money(self, posted: Posted, owed) -> None:
        """Every amount goes back to where it was."""
        bases: dict[Any, Decimal] = {}
        for row in posted.rows:
            vat = self._vat(posted.customer, row.number)
            bases[vat] = bases.get(vat, ZERO) + row.amount
            self._book(self._revenue(posted.customer, row.number, 1), row.amount)
        for vat, base in bases.items():
            self._tax(vat, base, part(base, Decimal(vat.percent), Decimal(100)))
        self._book(self._receivable(posted.customer), -owed.amount)

    def _move_order_back(
        self, key: tuple[str, int] | None, shipped: Decimal, invoiced: Decimal, discount=ZERO
    ) -> None:
        """An order that is still there has its quantities again."""
        paper = self.papers.get(key[0]) if key else None
        line = next((line for line in paper.lines if line.no == key[1]), None) if paper else None
        if line is None or paper.type != "order":
            return
        if shipped > line.shipped or invoiced > line.invoiced:
            raise Refused("E-POST-INVSHIP")
        line.move(-shipped, -invoiced, -discount)
