"""The door to the customer ledger and to the bank ledger. Nobody else writes them.

    customer = customers.selectors.locked(customer_id)                   before items, number series and ledgers
    items = load_open_items(customer.pk, apply=request, on=posting_date, currency_code="", setup=setup)
    plan = plan_entry(entry, facts, open_items=items, setup=setup)       pure; the preview stops here
    raise_problems(document, plan.problems)

    facts = facts._replace(document_no=number)
    gl = GLSection([Transaction(facts, [*plan.lines, *other_lines])])
    registers.write([gl, CustomerSection([(plan, facts)], gl, by=user)], …)

`apply=None` reads and locks no item. A second entry that settles the first one of the same run (a cash sale) is
planned with `open_items=items.after(plan.after)` and `ApplyRequest.to_entries([(plan.key, None)])`.
"""

from receivables.ledger.bank import BankMovement, BankSection
from receivables.ledger.load import load_item, load_items, load_open_items, load_rules
from receivables.ledger.section import CustomerSection
from receivables.plans.entry import EntryPlan, NewEntry, group_accounts, plan_application, plan_entry
from receivables.plans.values import ApplyRequest, OpenItems, OpenItemState, Rules

__all__ = [
    "ApplyRequest",
    "BankMovement",
    "BankSection",
    "CustomerSection",
    "EntryPlan",
    "NewEntry",
    "OpenItemState",
    "OpenItems",
    "Rules",
    "group_accounts",
    "load_item",
    "load_items",
    "load_open_items",
    "load_rules",
    "plan_application",
    "plan_entry",
]
