"""A posting plan as JSON: what it would write in the ledgers, and its problems."""

from typing import Any

from erp.kernel.errors import Problem
from erp.kernel.odata.properties import trimmed
from inventory.models import Item
from posting.models import GLAccount
from posting.values import debit_and_credit
from sales.plans.posting import PostingPlan


def planned_json(plan: PostingPlan) -> dict[str, Any]:
    """Entries by ledger, without numbers: nobody has drawn any. With problems there may be none. Two queries."""
    return {
        "problems": [_problem(each) for each in plan.problems],
        "generalLedgerEntries": _general(plan),
        "customerLedgerEntries": _customers(plan),
        "itemLedgerEntries": _items(plan),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "message": problem.message, "sequence": problem.line_no or 0}


def _general(plan: PostingPlan) -> list[dict[str, Any]]:
    transactions = [*plan.transactions, *(plan.items.adjustments if plan.items else ())]
    keys = {line.account_id for entry in transactions for line in entry.lines}
    accounts = {row.pk: row for row in GLAccount.objects.filter(pk__in=keys).only("pk", "number", "name")}
    rows = []
    for entry in transactions:
        for line in entry.lines:
            debit, credit = debit_and_credit(line.amount, correction=line.correction)
            rows.append(
                {
                    "postingDate": entry.facts.posting_date.isoformat(),
                    "accountNumber": accounts[line.account_id].number,
                    "accountName": accounts[line.account_id].name,
                    "description": line.description or entry.facts.description,
                    "debitAmount": trimmed(debit),
                    "creditAmount": trimmed(credit),
                }
            )
    return rows


def _customers(plan: PostingPlan) -> list[dict[str, Any]]:
    return [
        {
            "customerNumber": entry.entry.customer_no,
            "dueDate": entry.entry.due_date.isoformat(),
            "currencyCode": entry.entry.currency_code,
            "amount": trimmed(entry.entry.amount),
            "amountLCY": trimmed(entry.entry.amount_lcy),
        }
        for entry in plan.entries
    ]


def _items(plan: PostingPlan) -> list[dict[str, Any]]:
    values = plan.items.values if plan.items else ()
    items = Item.objects.in_bulk({value.entry.item_id for value in values}) if values else {}
    return [
        {
            "itemNumber": items[value.entry.item_id].number,
            "locationCode": value.entry.location,
            "variantCode": value.entry.variant,
            "quantity": trimmed(value.item_entry_quantity),
            "invoicedQuantity": trimmed(value.invoiced_quantity),
            "costAmountActual": trimmed(value.actual),
            "costAmountExpected": trimmed(value.expected),
        }
        for value in values
    ]
