"""Bank accounts of ours."""

from typing import Any

from django.utils.translation import gettext as _

from customers.validations import check_iban
from erp.kernel.errors import raise_problems
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, One
from erp.kernel.odata.errors import invalid, missing
from erp.kernel.odata.properties import Bool, Code, Guid, Moment, Number, Text, as_extension
from erp.kernel.odata.writing import keep
from posting.api.codes import CurrencyCode
from posting.models import Currency
from receivables import selectors
from receivables.models import BankAccount, BankAccountPostingGroup, ReceivablesSetup

GROUP = "bankAccountPostingGroupCode"


class BankAccounts(EntitySet):
    """Where money comes in; one with a currency takes that currency only."""

    name, entity, model = "bankAccounts", "bankAccount", BankAccount
    verbs = ALL
    properties = (
        Guid("id", "uuid", read_only=True),
        Number("number", "number", length=20, required=True, sortable=True),
        Text("displayName", "name", length=100),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
        Text("bankAccountNumber", "bank_account_no", length=30),
        Bool("blocked", "blocked"),
        CurrencyCode("currencyCode", "currency__code", to="currency"),
        Guid("currencyId", "currency__uuid", of=Currency, to="currency", nullable=True),
        Text("iban", "iban", length=50),
        Bool("intercompanyEnabled", absent=True),
        *as_extension(
            Text("swiftCode", "swift_code", length=20),
            Code(GROUP, "posting_group__code", length=20, of=BankAccountPostingGroup, by="code", to="posting_group",
                 about="Without one a new account is posted like the default one of the set-up."),
        ),
    )  # fmt: skip
    navigation = (One("currency", to="currencies", key="currencyId", path="currency"),)

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """Make one, posted like the default account of the set-up where nothing is said."""
        raise_problems(given["number"], check_iban(given.get("iban", "")))
        given["name"] = given.get("name") or given["number"]
        given["posting_group"] = given.get("posting_group") or _usual_group()
        return super().create(asking, given)

    def change(self, asking: Asking, record: BankAccount, given: dict[str, Any]) -> None:
        """Everything but the number; the currency only as long as there are no entries."""
        raise_problems(record, check_iban(given.get("iban", "")))
        keep(self, record, given, "number")
        moves = "currency" in given and given["currency"] != record.currency
        if moves and selectors.has_bank_entries(record):
            message = _("{account} has entries: its currency can't be changed any more.")
            raise invalid(message.format(account=record.number), "currencyCode")
        super().change(asking, record, given)


def _usual_group() -> BankAccountPostingGroup:
    """The group of the default account, else the only one there is."""
    setup = ReceivablesSetup.objects.select_related("default_bank_account__posting_group").first()
    if setup and setup.default_bank_account:
        return setup.default_bank_account.posting_group
    groups = list(BankAccountPostingGroup.objects.order_by("code")[:2])
    if len(groups) != 1:
        message = _("{property} must be given: there is no default bank account to go by.")
        raise missing(message.format(property=GROUP), GROUP)
    return groups[0]
