"""What customers owe, by age."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, Max, UUIDField, Value
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import ZERO, Asking
from erp.kernel.odata.entity import EntitySet, One, Source
from erp.kernel.odata.errors import bad_url
from erp.kernel.odata.properties import Day, Dec, Guid, Number, Text
from posting.api.codes import CurrencyCode
from posting.api.entries import KNOWN, known_of, known_property
from posting.models import GeneralLedgerSetup
from receivables import selectors

PERIOD = "30D"
AS_OF, LENGTH, NUMBER = "agedAsOfDate", "periodLengthFilter", "customerNumber"
SUMS = {"balanceDue": "total", "currentAmount": "current", "period1Amount": "period_1", "period2Amount": "period_2",
        "period3Amount": "period_3"}  # fmt: skip
LABELS = ("period1Label", "period2Label", "period3Label")
_number = Number(NUMBER, length=20)


def words(text: str) -> Value:
    return Value(text, CharField())


class AgedAccountsReceivables(EntitySet):
    """What is open with each customer at the end of a day, in local currency, by how long it has been due.

    The row of the sums, which Business Central puts last, is given by `$filter=customerNumber eq ''` alone: a list that
    is summed up must not count everything twice.
    """

    name, entity = "agedAccountsReceivables", "agedAccountsReceivable"
    scope = "finance"
    permissions = {"GET": ("receivables.view_detailedcustomerledgerentry",)}
    key = "customerId"
    unique = ("customerId",)
    steers = frozenset({AS_OF, LENGTH, NUMBER, KNOWN})
    properties = (
        Guid("customerId", "customer__uuid", read_only=True),
        Number(NUMBER, "customer__number", length=20, read_only=True, filterable=False),
        Text("name", "customer__name", length=100, read_only=True),
        CurrencyCode("currencyCode", words(""), read_only=True, filterable=False),
        Dec("balanceDue", "total", scale=2, read_only=True),
        Dec("currentAmount", "current", scale=2, read_only=True, about="Not due yet."),
        Text("period1Label", words(""), length=30, read_only=True, filterable=False),
        Dec("period1Amount", "period_1", scale=2, read_only=True),
        Text("period2Label", words(""), length=30, read_only=True, filterable=False),
        Dec("period2Amount", "period_2", scale=2, read_only=True),
        Text("period3Label", words(""), length=30, read_only=True, filterable=False),
        Dec("period3Amount", "period_3", scale=2, read_only=True),
        Day(AS_OF, Value(None, DateField()), read_only=True, filterable=False,
            about="Only `eq`, joined by `and`: the day at whose end is asked; without it the work date."),
        Text(LENGTH, words(""), length=10, read_only=True, filterable=False,
             about="Only `eq`, joined by `and`: how long a period is, as 30D, 1M or 1M+CM; without it 30D."),
        known_property(),
    )  # fmt: skip
    navigation = (One("customer", to="customers", key="customerId", path="customer"),)

    def restrict(self, asking: Asking, filtered: Mapping[tuple[str, str], Any]) -> None:
        super().restrict(asking, filtered)
        for name, operator in filtered:
            if name in (AS_OF, LENGTH) and operator != "eq":
                raise bad_url(_("{property} takes eq only.").format(property=name), "$filter")
        on, period = _asked(asking)
        if not isinstance(on, date):
            raise bad_url(_("{property} is a date such as 2026-03-02.").format(property=AS_OF), "$filter")
        if not isinstance(period, str):
            raise bad_url(_("{property} is a text such as '30D'.").format(property=LENGTH), "$filter")
        known_of(filtered)

    def sources(self, asking: Asking) -> Sequence[Source]:
        """The customers, or the sums of all of them."""
        told = asking.told.get(self.name, {})
        on, period = _asked(asking)
        aged = selectors.aged_rows(on=on, period=period, known=known_of(told))
        shown = {AS_OF: Value(on, DateField()), LENGTH: words(period)}
        shown |= {name: words(label) for name, label in zip(LABELS, aged.labels, strict=True)}
        numbers = {operator: value for (name, operator), value in told.items() if name == NUMBER}
        if numbers.get("eq") in ("", None) and "eq" in numbers:
            return [_sums(aged, shown)]
        rows = aged.rows
        for operator, value in numbers.items():
            rows = rows.filter(_number.compare("customer__number", operator, _number.literal(value, asking)))
        return [Source(rows, at=shown, etag=(Max("pk"),))]


def _asked(asking: Asking) -> tuple[Any, Any]:
    """The day and the length of the periods that $filter asks for."""
    told = asking.told.get(AgedAccountsReceivables.name, {})
    return told.get((AS_OF, "eq"), asking.on), told.get((LENGTH, "eq")) or PERIOD


def _sums(aged: selectors.AgedRows, shown: dict[str, Any]) -> Source:
    """One row with the sums of all customers."""
    place: dict[str, Any] = {outside: aged.totals[inside] for outside, inside in SUMS.items()}
    place |= {"customerId": Value(ZERO, UUIDField()), NUMBER: words(""), "name": words("Total")}
    return Source(GeneralLedgerSetup.objects.order_by(), at={**shown, **place}, etag=(Value(0),))
