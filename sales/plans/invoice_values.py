"""What an invoice (or credit memo) is while it is planned."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from customers.models import CustomerPostingGroup
from erp.kernel.errors import Problem
from posting.setup_values import VATSetup
from posting.values import Line
from sales.arithmetic.amounts import LinePart
from sales.arithmetic.rounding import RoundingLine
from sales.arithmetic.values import ZERO
from sales.arithmetic.vat import LineVAT, VATGroup
from sales.plans.parts import Part


class RoundingAccount(NamedTuple):
    """The account that takes invoice rounding, and how it is taxed."""

    id: int
    number: str
    name: str
    gen_prod: str
    vat_prod: str

    @classmethod
    def of(cls, group: CustomerPostingGroup | None) -> "RoundingAccount | None":
        """The account that a customer posting group names, with its groups at hand; None where it names none."""
        account = group.invoice_rounding_account if group else None
        if account is None:
            return None
        gen_prod, vat_prod = account.gen_prod_posting_group, account.vat_prod_posting_group
        return cls(
            account.id,
            account.number,
            account.name,
            gen_prod.code if gen_prod else "",
            vat_prod.code if vat_prod else "",
        )


@dataclass(slots=True)
class InvoicedLine:
    """One line of the paper: what is invoiced of it, and its amounts in both currencies."""

    part: Part
    figures: LinePart
    vat: LineVAT
    vat_lcy: LineVAT


@dataclass(slots=True)
class InvoicePlan:
    """What an invoice will be; `journal` sums to minus the receivable.

    amount, amount_including_vat          document currency, positive where the customer owes us on an invoice
    amount_lcy, amount_including_vat_lcy  the same in local currency
    takes_back                            revenue goes where the paper that is taken back had it
    rounding                              the line that makes the total payable, or None
    """

    lines: list[InvoicedLine] = field(default_factory=list)
    groups: list[VATGroup] = field(default_factory=list)
    rounding: RoundingLine | None = None
    rounding_account: RoundingAccount | None = None
    rounding_vat: VATSetup | None = None
    journal: list[Line] = field(default_factory=list)
    amount: Decimal = ZERO
    amount_including_vat: Decimal = ZERO
    amount_lcy: Decimal = ZERO
    amount_including_vat_lcy: Decimal = ZERO
    inv_discount_amount: Decimal = ZERO
    inv_discount_lcy: Decimal = ZERO
    takes_back: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def vat_amount(self) -> Decimal:
        return self.amount_including_vat - self.amount
