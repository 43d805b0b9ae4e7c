"""The sums of a sales document: pure functions over plain values, Decimal in and Decimal out.

Amounts carry the sign of the document (positive on invoices and on credit memos alike); posting turns them.
Only the places named here round: half away from zero, VAT in the direction of its currency.
"""
