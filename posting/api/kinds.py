"""Names of values that the ledgers of several rooms share."""

from collections.abc import Mapping

JNL_DOCUMENT_TYPES: Mapping[str, str] = {
    "": "",
    "payment": "Payment",
    "invoice": "Invoice",
    "credit_memo": "Credit Memo",
    "finance_charge_memo": "Finance Charge Memo",
    "reminder": "Reminder",
    "refund": "Refund",
}
