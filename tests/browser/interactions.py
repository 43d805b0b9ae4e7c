"""The thirty things that a clerk does every day, what they cost in Business Central, and what they may cost here.

Estimates of Business Central's cost are from its page layout and default quick entry, for a practised user; a day is
one of 25 orders with 4 lines each. C are clicks, K chords of keys, D characters of data.
"""

from typing import NamedTuple


class Cost(NamedTuple):
    clicks: int
    keys: int
    characters: int

    def __str__(self) -> str:
        return f"{self.clicks}/{self.keys}/{self.characters}"


class Interaction(NamedTuple):
    number: int
    title: str
    per_day: int
    there: Cost
    target: Cost


INTERACTIONS = tuple(
    Interaction(number, title, per_day, Cost(*there), Cost(*target))
    for number, title, per_day, there, target in (
        (1, "new order, customer by part of name", 20, (1, 2, 6), (0, 2, 6)),
        (2, "customer's PO number into the header", 22, (1, 1, 8), (0, 1, 8)),
        (3, "order line, item number known", 70, (0, 8, 8), (0, 3, 8)),
        (4, "order line by the customer's item reference", 10, (1, 7, 10), (0, 3, 10)),
        (5, "order line, item searched by words", 20, (0, 10, 10), (0, 5, 10)),
        (6, "paste 10 lines from the customer's sheet", 2, (2, 3, 0), (1, 2, 0)),
        (7, "copy lines from an older document", 4, (6, 3, 7), (2, 3, 7)),
        (8, "comment line", 6, (1, 3, 25), (0, 2, 25)),
        (9, "change quantity on a line", 15, (1, 1, 2), (0, 3, 2)),
        (10, "override price or line discount", 10, (1, 1, 4), (0, 3, 4)),
        (11, "delete a line", 6, (1, 2, 0), (0, 2, 0)),
        (12, "availability of the line's item", 40, (3, 1, 0), (0, 0, 0)),
        (13, "requested delivery date", 12, (2, 2, 6), (0, 2, 3)),
        (14, "other ship-to address", 6, (4, 3, 3), (1, 3, 3)),
        (15, "look at credit and overdue balance", 25, (1, 1, 0), (0, 0, 0)),
        (16, "look at what the customer bought or paid last", 15, (2, 1, 0), (1, 1, 0)),
        (17, "last price to this customer", 10, (3, 2, 0), (0, 1, 0)),
        (18, "release", 20, (0, 1, 0), (0, 1, 0)),
        (19, "send for approval", 3, (2, 1, 0), (0, 1, 0)),
        (20, "e-mail the order confirmation", 18, (3, 0, 0), (0, 2, 0)),
        (21, "find an order by our number", 15, (1, 3, 6), (0, 2, 6)),
        (22, "find an order by the customer's PO number", 8, (1, 3, 8), (0, 2, 8)),
        (23, "has it shipped? tracking number", 12, (3, 2, 0), (0, 0, 0)),
        (24, "change an already released order", 8, (2, 3, 3), (1, 2, 3)),
        (25, "quote to order", 4, (1, 2, 0), (0, 2, 0)),
        (26, "post shipment", 10, (0, 3, 0), (0, 2, 0)),
        (27, "ship and invoice at once", 6, (0, 3, 0), (0, 2, 0)),
        (28, "credit memo from a posted invoice", 2, (4, 6, 10), (2, 4, 8)),
        (29, "return order with original cost", 2, (5, 4, 6), (2, 3, 6)),
        (30, "worklist: delayed orders; export", 3, (3, 0, 0), (2, 0, 0)),
    )
)
