from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from customers.models import Customer
from erp.kernel.access import needs
from erp.kernel.errors import Problem
from sales.models import SalesDocument
from sales.rights import to_change
from sales.routines.change_customer import SAME, Same, change_customer
from sales.routines.change_document import change_document
from sales.routines.change_ship_to import change_ship_to


@needs(to_change)
@transaction.atomic
def edit_head(
    document: SalesDocument,
    *,
    by,
    at: datetime,
    on: date,
    sell_to: Customer | Same | None = SAME,
    bill_to: Customer | Same | None = SAME,
    ship_to_code: str | None = None,
    changes: Mapping[str, object],
    answers: Mapping[str, bool],
    warnings: list[Problem] | None = None,
) -> SalesDocument:
    """Change customers, ship-to address and fields of a head in one go: all of it or nothing.

    ship_to_code  None leaves it as it is, or as another customer brings it
    changes       what was typed, which goes before what the customers bring; see `change_document`
    answers       to the questions of the three routines, by the names of their arguments
    raises        what they raise
    """
    answers = dict(answers)
    confirmed = answers.pop("confirmed", None)
    told = {"by": by, "at": at, "on": on, "warnings": warnings}
    document = change_customer(
        document,
        sell_to=sell_to,
        bill_to=bill_to,
        confirmed=confirmed,
        recreate_lines=answers.get("recreate_lines"),
        **told,
    )
    if ship_to_code is not None:
        document = change_ship_to(document, ship_to_code, **told)
    return change_document(document, **told, **answers, **changes)
