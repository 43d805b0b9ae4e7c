"""What keeps an invoice from being cancelled or corrected, and a corrective credit memo from being cancelled. Pure.

Every problem is one sentence: which paper, what cannot be done with it, and because of what.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from inventory.models import ItemVariant
from sales.models.base import LineType, PostedLine, PostedMoney
from sales.plans.line import plain

ITEMS = "admin:inventory_item_changelist"
ACCOUNTS = "admin:posting_glaccount_changelist"
RESOURCES = "admin:inventory_resource_changelist"
CUSTOMERS = "admin:customers_customer_changelist"
STOCK_SETUP = "admin:inventory_inventorysetup_changelist"


class Deed(NamedTuple):
    """What is to be done with a posted paper, for codes and sentences.

    sells_again  the new paper sells what the old one took back
    """

    prefix: str
    sentence: str
    sells_again: bool = False

    def refusal(self, paper: PostedMoney, code: str, reason: str, **where) -> Problem:
        message = self.sentence.format(number=paper.number, reason=reason)
        return Problem(f"{self.prefix}-{code}", message, **where)


def cancelling() -> Deed:
    return Deed("E-COR", _("Invoice {number} cannot be cancelled because {reason}."))


def correcting() -> Deed:
    return Deed("E-COR", _("Invoice {number} cannot be corrected because {reason}."))


def cancelling_credit_memo() -> Deed:
    return Deed("E-CMC", _("Credit memo {number} cannot be cancelled because {reason}."), sells_again=True)


def check_history(deed: Deed, paper: PostedMoney, *, cancelled_by: str, takes_back: str) -> list[Problem]:
    """DONE where another paper took it back, CORRECTIVE where an invoice is what took a credit memo back.

    takes_back  number of the credit memo that an invoice took back
    """
    problems = []
    if cancelled_by:
        reason = _("{other} has cancelled it already").format(other=cancelled_by)
        problems.append(deed.refusal(paper, "DONE", reason))
    if takes_back:
        reason = _("it corrects credit memo {other} itself; credit it by hand").format(other=takes_back)
        problems.append(deed.refusal(paper, "CORRECTIVE", reason))
    return problems


def check_unpaid(deed: Deed, paper: PostedMoney, *, amount: Decimal, remaining: Decimal) -> list[Problem]:
    """PAID: nothing may be settled, neither by money nor by credit nor by discount."""
    if remaining == amount:
        return []
    reason = _(
        "{settled} of its {amount} are paid or settled; unapply that first, or create a corrective credit memo"
    ).format(settled=amount - remaining, amount=amount)
    return [deed.refusal(paper, "PAID", reason, field="remaining_amount")]


def check_period(deed: Deed, paper: PostedMoney, closed: Problem | None) -> list[Problem]:
    """CLOSED: the new paper is posted on the same day; `closed` says why somebody may not post on it."""
    if closed is None:
        return []
    reason = _("it would be posted on the same day, and {problem}").format(problem=_lower(closed.message))
    return [deed.refusal(paper, "CLOSED", reason, field="posting_date", setup=closed.setup)]


def check_inventory_period(deed: Deed, paper: PostedMoney, earliest: date | None) -> list[Problem]:
    """INVTPERIOD; `earliest` is the first day that goods may be valued on, None where every day will do."""
    if earliest is None or paper.posting_date >= earliest:
        return []
    reason = _("goods are valued from {earliest} on, and it was posted on {day}").format(
        earliest=earliest, day=paper.posting_date
    )
    return [deed.refusal(paper, "INVTPERIOD", reason, field="posting_date", setup=STOCK_SETUP)]


def check_customers(deed: Deed, paper: PostedMoney, blocked: Iterable[Problem]) -> list[Problem]:
    """CUST: the customers are not blocked for invoices."""
    return [
        deed.refusal(paper, "CUST", _lower(problem.message), field="customer", setup=CUSTOMERS)
        for problem in blocked
    ]


def check_masters(
    deed: Deed,
    paper: PostedMoney,
    lines: Iterable[PostedLine],
    *,
    variants: Mapping[tuple[int, str], ItemVariant],
    blocked_accounts: Iterable[str],
) -> list[Problem]:
    """ITEM, VARIANT, ACCOUNT, RESOURCE: what the lines name, and every account that the paper was posted to.

    blocked_accounts  of the accounts that the paper was posted to, those that are blocked now
    """
    problems = []
    for line in lines:
        where = {"line_no": line.line_no, "field": "number"}
        facts = {"number": line.number, "variant": line.variant_code}
        if line.type == LineType.ITEM:
            variant = variants.get((line.item_id, line.variant_code))
            if _stands_in_the_way(line.item, deed):
                reason = _("item {number} is blocked").format(**facts)
                problems.append(deed.refusal(paper, "ITEM", reason, setup=ITEMS, **where))
            if line.variant_code and (variant is None or _stands_in_the_way(variant, deed)):
                reason = _("variant {variant} of item {number} is blocked or gone").format(**facts)
                problems.append(deed.refusal(paper, "VARIANT", reason, setup=ITEMS, **where))
        elif line.type == LineType.RESOURCE and line.resource.blocked:
            reason = _("resource {number} is blocked").format(**facts)
            problems.append(deed.refusal(paper, "RESOURCE", reason, setup=RESOURCES, **where))
    for number in blocked_accounts:
        reason = _("account {number} is blocked").format(number=number)
        problems.append(deed.refusal(paper, "ACCOUNT", reason, setup=ACCOUNTS))
    return problems


def check_returned(
    deed: Deed, paper: PostedMoney, missing: Sequence[tuple[PostedLine, Decimal]]
) -> list[Problem]:
    """RETURNED: everything that the invoice sold is still with the customer.

    missing  lines with the base units that have come back already
    """
    problems = []
    for line, quantity in missing:
        reason = _(
            "{missing} of the {quantity} units of {number} on line {line_no} have come back already"
        ).format(
            missing=plain(quantity),
            quantity=plain(abs(line.quantity_base)),
            number=line.number,
            line_no=line.line_no,
        )
        problems.append(deed.refusal(paper, "RETURNED", reason, line_no=line.line_no, field="quantity"))
    return problems


def check_numbers(deed: Deed, paper: PostedMoney, refused: Iterable[Problem]) -> list[Problem]:
    """NOSERIES: there are numbers for the papers that are to be written."""
    return [
        deed.refusal(paper, "NOSERIES", _lower(problem.message), field=problem.field, setup=problem.setup)
        for problem in refused
    ]


def check_external_no(deed: Deed, paper: PostedMoney, *, mandatory: bool) -> list[Problem]:
    """EXTDOC: the customer's own number, where the set-up asks for one."""
    if not mandatory or paper.external_document_no:
        return []
    reason = _("it has no external document number, and the sales set-up asks for one")
    where = {"field": "external_document_no", "setup": "admin:sales_salessetup_changelist"}
    return [deed.refusal(paper, "EXTDOC", reason, **where)]


def _stands_in_the_way(master, deed: Deed) -> bool:
    return master.blocked or (deed.sells_again and master.sales_blocked)


def _lower(message: str) -> str:
    """A sentence as the end of another one; a code that it begins with stays as it is."""
    begins_with_word = message[1:2].islower() or message[1:2] == " "
    return (message[:1].lower() + message[1:] if begins_with_word else message).rstrip(".")
