"""The two accounts of a journal line, as v2.0 names them: a kind, an identifier and a number that must agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Model, OuterRef, Subquery, UUIDField, When
from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.odata.errors import ApiError, bad_request, invalid
from erp.kernel.odata.properties import Choice
from posting.models import GLAccount
from receivables.journals import account_names
from receivables.models import AccountType, BankAccount

TABLES: Mapping[str, type[Model]] = {
    AccountType.GL: GLAccount,
    AccountType.CUSTOMER: Customer,
    AccountType.BANK: BankAccount,
}
KINDS: Mapping[str, str] = {
    AccountType.GL: "G/L Account",
    AccountType.CUSTOMER: "Customer",
    "vendor": "Vendor",
    AccountType.BANK: "Bank Account",
    "fixed_asset": "Fixed Asset",
    "ic_partner": "IC Partner",
    "employee": "Employee",
    "allocation_account": "Allocation Account",
}


@dataclass(frozen=True, kw_only=True)
class AccountKind(Choice):
    """Whose account a line is about. v2.0 has more kinds than Handel; those are refused."""

    values: Mapping[Any, str] = None  # type: ignore[assignment]
    type: str = "JnlAccountType"

    def __post_init__(self):
        object.__setattr__(self, "values", KINDS)

    def read(self, value: Any) -> Any:
        kind = super().read(value)
        if kind not in TABLES:
            message = _("Journals here post to G/L accounts, customers and bank accounts, not to {kind}.")
            raise invalid(message.format(kind=KINDS[kind]), self.name)
        return kind


@dataclass(frozen=True)
class Side:
    """One account of a line: the columns that keep it, and the properties that name it outside."""

    kind: str
    number: str
    id: str
    kind_name: str
    number_name: str
    id_name: str

    def typed(self, given: Mapping[str, Any], now: tuple[str, str] | None = None) -> dict[str, str]:
        """What is typed into the columns; raises 400 for an account that does not exist, or values that differ.

        now  kind and number that the line has already
        """
        if self.id in given and given[self.id] is not None:
            return self._by_id(given)
        if self.id in given and not given.get(self.number):
            return {self.number: ""} | self._kind(given)
        if self.number in given:
            return self._by_number(given, given[self.number], now)
        kind = given.get(self.kind)
        if kind is None:
            return {}
        # Of another kind, the number that the line had means nothing.
        return {self.kind: kind} | ({self.number: ""} if now and now[0] != kind else {})

    def _by_id(self, given: Mapping[str, Any]) -> dict[str, str]:
        found = account_of(given[self.id])
        if found is None:
            raise self._unknown(self.id_name, given[self.id])
        kind, number = found
        if given.get(self.kind, kind) != kind:
            raise self._differ(self.id_name, self.kind_name)
        if given.get(self.number, number) != number:
            raise self._differ(self.id_name, self.number_name)
        return {self.kind: kind, self.number: number}

    def _by_number(
        self, given: Mapping[str, Any], number: str, now: tuple[str, str] | None
    ) -> dict[str, str]:
        kinds = [given[self.kind]] if self.kind in given else list(TABLES)
        known = account_names([(kind, number) for kind in kinds]) if number else {}
        if number and not known:
            raise self._unknown(self.number_name, number)
        typed = {self.number: number} | self._kind(given)
        if self.kind not in given and len(known) == 1:
            typed[self.kind] = next(iter(known))[0]
        elif self.kind not in given and now and (now[0], number) in known:
            typed[self.kind] = now[0]
        return typed

    def _kind(self, given: Mapping[str, Any]) -> dict[str, str]:
        return {self.kind: given[self.kind]} if self.kind in given else {}

    def _unknown(self, name: str, value: Any) -> ApiError:
        message = _('{property} "{value}" is no account that lines may name.')
        return invalid(message.format(property=name, value=value), name, "Internal_InvalidTableRelation")

    def _differ(self, name: str, other: str) -> ApiError:
        message = _("{property} and {other} values do not match.").format(property=name, other=other)
        return bad_request(message, other)


ACCOUNT = Side(
    "account_type", "account_no", "account_id", "accountType", "accountNumber", "accountId"
)  # fmt: skip
BALANCING = Side(
    "bal_account_type", "bal_account_no", "bal_account_id",
    "balanceAccountType", "balancingAccountNumber", "balancingAccountId",
)  # fmt: skip


def account_of(id: UUID) -> tuple[str, str] | None:
    """Kind and number of an account, a customer or a bank account."""
    for kind, model in TABLES.items():
        number = model._default_manager.filter(uuid=id).values_list("number", flat=True).first()
        if number is not None:
            return kind, number
    return None


def id_expression(kind: str, number: str) -> Case:
    """The identifier of the account that two columns name; null where they name none."""
    return Case(
        *[
            When(
                **{kind: each},
                then=Subquery(model._default_manager.filter(number=OuterRef(number)).values("uuid")[:1]),
            )
            for each, model in TABLES.items()
        ],
        output_field=UUIDField(null=True),
    )
