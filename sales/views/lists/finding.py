"""Finding papers by what somebody types into the search of a list."""

from django.db.models import Q, QuerySet

from customers.models import Customer
from erp.kernel.search import match
from sales.models.base import FOUND_BY


def find_papers(rows: QuerySet, text: str, *columns: str) -> QuerySet:
    """The papers of a number that was typed exactly; else those in which all its words are found, and a customer's.

    columns  where the number may stand as well: "order_no"
    """
    numbers = list(dict.fromkeys((text, text.upper())))
    for column in ("number", *columns):
        exact = rows.filter(**{f"{column}__in": numbers})
        if exact.exists():
            return exact
    # Their keys are asked for first: across two tables no index could be used.
    customers = list(Customer.objects.filter(number__in=numbers).values_list("pk", flat=True))
    words = match(text, *FOUND_BY)
    found = Q(words) if words is not None else Q(pk__in=[])
    return rows.filter(found | Q(customer_id__in=customers) if customers else found)
