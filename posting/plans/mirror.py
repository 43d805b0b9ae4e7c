"""The mirror of a posted transaction: the same day, paper and accounts, amounts negated as corrections."""

from collections.abc import Sequence
from typing import NamedTuple

from posting.selectors import PostedTransaction
from posting.values import Facts, Line, Transaction, VATLine


class Mirror(NamedTuple):
    """What undoes some transactions, and which line undoes which G/L entry."""

    transactions: list[Transaction]
    lines: dict[int, Line]


def plan_mirror(posted: Sequence[PostedTransaction], *, source_code: str, description: str = "") -> Mirror:
    """Negate every entry; what was no correction becomes one, and the mirror of a correction is none.

    description  of the new entries; empty: that of the originals
    """
    transactions, mirrored = [], {}
    for transaction in posted:
        taxes = {tax.gl_entry_no: tax for tax in transaction.vat}
        chunks: list[tuple[Facts, list[Line]]] = []
        for entry in transaction.gl:
            facts = Facts(
                posting_date=entry.posting_date,
                vat_date=entry.vat_date,
                document_date=entry.document_date,
                document_type=entry.document_type,
                document_no=entry.document_no,
                external_document_no=entry.external_document_no,
                source_code=source_code,
                reason_code=entry.reason_code,
                currency_code=entry.source_currency_code,
                closing=entry.closing,
            )
            line = Line(
                account_id=entry.account_id,
                amount=-entry.amount,
                description=description or entry.description,
                correction=not entry.correction,
                gen_posting_type=entry.gen_posting_type,
                gen_bus=entry.gen_bus_posting_group,
                gen_prod=entry.gen_prod_posting_group,
                vat_bus=entry.vat_bus_posting_group,
                vat_prod=entry.vat_prod_posting_group,
                vat_amount=-entry.vat_amount,
                currency_amount=-entry.source_currency_amount,
                quantity=-entry.quantity,
                source_type=entry.source_type,
                source_no=entry.source_no,
                vat=_mirror_vat(taxes.get(entry.entry_no)),
                reverses=entry.entry_no,
            )
            mirrored[entry.entry_no] = line
            if not chunks or chunks[-1][0] != facts:
                chunks.append((facts, []))
            chunks[-1][1].append(line)
        for place, (facts, lines) in enumerate(chunks):
            transactions.append(Transaction(facts, lines, continues=place > 0))
    return Mirror(transactions, mirrored)


def _mirror_vat(tax) -> VATLine | None:
    if tax is None:
        return None
    return VATLine(
        type=tax.type,
        base=-tax.base,
        amount=-tax.amount,
        percent=tax.vat_percent,
        identifier=tax.vat_identifier,
        calculation_type=tax.calculation_type,
        account_id=tax.vat_account_id,
        vat_bus=tax.vat_bus_posting_group,
        vat_prod=tax.vat_prod_posting_group,
        gen_bus=tax.gen_bus_posting_group,
        gen_prod=tax.gen_prod_posting_group,
        tax_category=tax.tax_category,
        bill_to_no=tax.bill_to_no,
        country_code=tax.country_code,
        vat_registration_no=tax.vat_registration_no,
        eu_3_party_trade=tax.eu_3_party_trade,
        eu_service=tax.eu_service,
        difference=-tax.vat_difference,
        reverse_charge_account_id=tax.reverse_charge_account_id,
        base_before_discount=-tax.base_before_discount,
        reverses=tax.entry_no,
    )
