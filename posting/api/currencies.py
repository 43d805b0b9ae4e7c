"""Foreign currencies and what they are worth. The local currency is no row: it is named in the set-up."""

from typing import Any

from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet
from erp.kernel.odata.errors import invalid
from erp.kernel.odata.properties import Code, Day, Dec, Guid, Moment, Text
from erp.kernel.odata.writing import create_row, keep
from posting.models import Currency, ExchangeRate, GeneralLedgerSetup

PRECISION = "amount_rounding_precision"


def decimal_places(_asking: Asking) -> Concat:
    """How many decimals amounts have, as "2:2": at least and at most; they follow from the precision."""
    trimmed = Func(F(PRECISION), function="trim_scale")
    places = Cast(Func(trimmed, function="scale"), CharField())
    return Concat(places, Value(":"), places, output_field=CharField())


class Currencies(EntitySet):
    """Foreign currencies; documents in the local one show its code, and zeros for the identifier."""

    name, entity, model = "currencies", "currency", Currency
    verbs = ALL
    properties = (
        Guid("id", "uuid", read_only=True),
        Code("code", "code", length=10, required=True, sortable=True, example="USD"),
        Text("displayName", "name", length=30),
        Text("symbol", "symbol", length=10),
        Text("amountDecimalPlaces", decimal_places, to="places", length=5,
             about="As 2:2, for at least and at most two decimals. It follows from amountRoundingPrecision."),
        Dec("amountRoundingPrecision", PRECISION),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )  # fmt: skip

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """Make one; a currency without a name is called by its code."""
        if GeneralLedgerSetup.objects.filter(lcy_code=given["code"]).exists():
            message = _("{code} is the local currency: it is everywhere where no currency is named.")
            raise invalid(message.format(code=given["code"]), "code")
        given["name"] = given.get("name") or given["code"]
        places = given.pop("places", None)
        made = Currency(**given)
        _check_precision(made, places)
        return create_row(self, given)

    def change(self, asking: Asking, record: Currency, given: dict[str, Any]) -> None:
        """Everything but the code, which entries and papers keep as text."""
        keep(self, record, given, "code")
        places = given.pop("places", None)
        if PRECISION in given or places is not None:
            record.amount_rounding_precision = given.get(PRECISION, record.amount_rounding_precision)
            _check_precision(record, places)
        super().change(asking, record, given)


def _check_precision(currency: Currency, places: str | None) -> None:
    """Amounts are rounded to something, and decimals that are said as well say the same."""
    precision = currency.amount_rounding_precision
    if precision <= 0:
        raise invalid(_("Amounts are rounded to something above 0, such as 0.01."), "amountRoundingPrecision")
    if precision != round(precision, 2):
        message = _("Amounts have at most two decimals, so they are rounded to 0.01 or more.")
        raise invalid(message, "amountRoundingPrecision")
    decimals = max(-precision.normalize().as_tuple().exponent, 0)
    follows = f"{decimals}:{decimals}"
    if places not in (None, "", follows):
        message = _("{places} does not fit amountRoundingPrecision {precision}, which means {follows}.")
        text = message.format(places=places, precision=f"{precision:f}", follows=follows)
        raise invalid(text, "amountDecimalPlaces")


class CurrencyExchangeRates(EntitySet):
    """What a currency is worth from a day on: 100 EUR = 745 DKK is 100 and 745."""

    name, entity, model = "currencyExchangeRates", "currencyExchangeRate", ExchangeRate
    properties = (
        Guid("id", key="pk", of=ExchangeRate, read_only=True),
        Code("currencyCode", "currency__code", length=10, read_only=True),
        Day("startingDate", "starting_date", read_only=True),
        Dec("exchangeRateAmount", "exchange_amount", read_only=True),
        Code("relationalCurrencyCode", length=10, read_only=True, absent=True,
             about="Blank: rates are against the local currency."),
        Dec("relationalExchangeRateAmount", "relational_amount", read_only=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )  # fmt: skip
