"""Lines of posted papers are copied by name: a column that a line and its paper share is never forgotten."""

import pytest

from sales.models import (
    ReturnReceiptLine,
    SalesCreditMemoLine,
    SalesInvoiceLine,
    SalesLine,
    SalesShipmentLine,
)
from sales.routines.papers import COPIED, NO_MONEY, CreditMemoLine, GoodsLine, InvoiceLine

FILLED = {"document_id", "order_no"}  # the same in all lines of a paper


@pytest.mark.parametrize(
    ("model", "decided"),
    [
        (SalesInvoiceLine, InvoiceLine._fields),
        (SalesCreditMemoLine, CreditMemoLine._fields),
        (SalesShipmentLine, (*GoodsLine._fields, *NO_MONEY)),
        (ReturnReceiptLine, (*GoodsLine._fields, *NO_MONEY)),
    ],
)
def test_every_column_that_a_line_shares_with_its_paper_is_written(model, decided):
    posted, working = ({field.attname for field in each._meta.concrete_fields} for each in (model, SalesLine))
    assert {"price_explanation", "item_id", "item_charge_id"} <= set(COPIED)
    assert posted & working <= {*COPIED, *decided, *FILLED}
