"""What must hold between working documents, posted papers and the ledgers below."""

from django.db import connection

from erp.kernel.invariants import Finding, invariant
from sales.number_ranges import number_ranges

SHOWN = 50  # failing rows that a finding names


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _money_paper(table: str, sign: str) -> Finding:
    """Head, lines and customer ledger entry of every paper say the same amount."""
    off = _rows(
        f"""
        SELECT p.number, p.amount_including_vat, l.lines, c.amount
        FROM {table} p
        LEFT JOIN (SELECT document_id, sum(amount_including_vat) AS lines FROM {table}line GROUP BY 1) l
          ON l.document_id = p.id
        LEFT JOIN receivables_customerledgerentry c ON c.entry_no = p.customer_entry_no
        WHERE p.amount_including_vat IS DISTINCT FROM coalesce(l.lines, 0)
           OR c.amount IS DISTINCT FROM {sign} p.amount_including_vat OR c.document_no <> p.number
        ORDER BY p.number LIMIT {SHOWN}
        """
    )
    [(count, papers, entries)] = _rows(
        f"""
        SELECT count(*), coalesce(sum(round(p.amount_including_vat / p.currency_factor, 2)), 0),
               coalesce(sum({sign} c.amount_lcy), 0)
        FROM {table} p JOIN receivables_customerledgerentry c ON c.entry_no = p.customer_entry_no
        """
    )
    return Finding(
        checked=count,
        totals={"papers": papers, "customer entries": entries},
        failures=[
            f"{number}: head {head}, lines {lines}, customer ledger entry {entry}"
            for number, head, lines, entry in off
        ],
    )


@invariant("S-1", "Every posted invoice equals its lines and its customer ledger entry")
def invoices_agree() -> Finding:
    return _money_paper("sales_salesinvoice", "")


@invariant("S-2", "Every posted credit memo equals its lines and its customer ledger entry")
def credit_memos_agree() -> Finding:
    return _money_paper("sales_salescreditmemo", "-")


@invariant("S-3", "An order's lines have shipped and invoiced what its posted papers say")
def orders_agree() -> Finding:
    off = _rows(
        f"""
        SELECT d.number, l.line_no, l.quantity_shipped, coalesce(s.quantity, 0),
               l.quantity_invoiced, coalesce(i.quantity, 0)
        FROM sales_salesline l
        JOIN sales_salesdocument d ON d.id = l.document_id AND d.type IN ('order', 'return_order')
        LEFT JOIN LATERAL (
            SELECT sum(quantity) AS quantity FROM (
                SELECT quantity FROM sales_salesshipmentline
                WHERE d.type = 'order' AND order_no = d.number AND order_line_no = l.line_no
                UNION ALL
                SELECT quantity FROM sales_salesinvoiceline
                WHERE d.type = 'order' AND order_no = d.number AND order_line_no = l.line_no AND restores_order
                UNION ALL
                SELECT -quantity FROM sales_salescreditmemoline
                WHERE d.type = 'order' AND order_no = d.number AND order_line_no = l.line_no AND restores_order
                UNION ALL
                SELECT quantity FROM sales_returnreceiptline
                WHERE d.type = 'return_order' AND order_no = d.number AND order_line_no = l.line_no
            ) AS moved
        ) s ON true
        LEFT JOIN LATERAL (
            SELECT sum(quantity) AS quantity FROM (
                SELECT quantity FROM sales_salesinvoiceline
                WHERE d.type = 'order' AND order_no = d.number AND order_line_no = l.line_no
                UNION ALL
                SELECT -quantity FROM sales_salescreditmemoline
                WHERE d.type = 'order' AND order_no = d.number AND order_line_no = l.line_no AND restores_order
                UNION ALL
                SELECT quantity FROM sales_salescreditmemoline
                WHERE d.type = 'return_order' AND order_no = d.number AND order_line_no = l.line_no
                  AND NOT restores_order
            ) AS billed
        ) i ON true
        WHERE l.quantity_shipped <> coalesce(s.quantity, 0) OR l.quantity_invoiced <> coalesce(i.quantity, 0)
        ORDER BY 1, 2 LIMIT {SHOWN}
        """
    )
    [(count, shipped, invoiced)] = _rows(
        "SELECT count(*), coalesce(sum(quantity_shipped), 0), coalesce(sum(quantity_invoiced), 0)"
        " FROM sales_salesline"
    )
    return Finding(
        checked=count,
        totals={"shipped": shipped, "invoiced": invoiced},
        failures=[
            f"{number} line {line_no}: shipped {shipped}, papers {on_papers}; invoiced {invoiced}, papers {billed}"
            for number, line_no, shipped, on_papers, invoiced, billed in off
        ],
    )


@invariant("S-4", "Goods on posted shipments and receipts are in the item ledger, with the same quantity")
def goods_agree() -> Finding:
    off = _rows(
        f"""
        SELECT number, line_no, quantity_base, moved FROM (
            SELECT s.number, l.line_no, l.quantity_base, -coalesce(e.moved, 0) AS moved
            FROM sales_salesshipmentline l
            JOIN sales_salesshipment s ON s.id = l.document_id
            LEFT JOIN LATERAL (
                SELECT sum(quantity) AS moved FROM inventory_itemledgerentry
                WHERE document_type = 'sales_shipment' AND document_no = s.number AND document_line_no = l.line_no
            ) e ON true
            WHERE l.type = 'item'
            UNION ALL
            SELECT s.number, l.line_no, l.quantity_base, coalesce(e.moved, 0)
            FROM sales_returnreceiptline l
            JOIN sales_returnreceipt s ON s.id = l.document_id
            LEFT JOIN LATERAL (
                SELECT sum(quantity) AS moved FROM inventory_itemledgerentry
                WHERE document_type = 'sales_return_receipt' AND document_no = s.number
                  AND document_line_no = l.line_no
            ) e ON true
            WHERE l.type = 'item'
        ) AS goods
        WHERE quantity_base <> moved ORDER BY 1, 2 LIMIT {SHOWN}
        """
    )
    [(count, units)] = _rows(
        "SELECT count(*), coalesce(sum(quantity_base), 0) FROM sales_salesshipmentline WHERE type = 'item'"
    )
    return Finding(
        checked=count,
        totals={"units shipped": units},
        failures=[
            f"{number} line {line_no}: paper {paper}, item ledger {moved}"
            for number, line_no, paper, moved in off
        ],
    )


@invariant("S-5", "Every invoiced line of a resource is in the resource ledger, with the same quantity")
def time_agrees() -> Finding:
    lines = """
        SELECT 'sales_invoice' AS kind, p.number, l.line_no, -l.quantity AS quantity
        FROM sales_salesinvoiceline l JOIN sales_salesinvoice p ON p.id = l.document_id
        WHERE l.type = 'resource' AND l.quantity <> 0
        UNION ALL
        SELECT 'sales_credit_memo', p.number, l.line_no, l.quantity
        FROM sales_salescreditmemoline l JOIN sales_salescreditmemo p ON p.id = l.document_id
        WHERE l.type = 'resource' AND l.quantity <> 0
    """
    off = _rows(
        f"""
        SELECT coalesce(l.number, e.document_no), coalesce(l.line_no, e.document_line_no), l.quantity, e.quantity
        FROM ({lines}) l FULL JOIN inventory_resourceledgerentry e
          ON e.document_type = l.kind AND e.document_no = l.number AND e.document_line_no = l.line_no
        WHERE l.quantity IS DISTINCT FROM e.quantity ORDER BY 1, 2 LIMIT {SHOWN}
        """
    )
    [(count, on_papers)] = _rows(f"SELECT count(*), coalesce(sum(quantity), 0) FROM ({lines}) l")
    [(in_ledger,)] = _rows("SELECT coalesce(sum(quantity), 0) FROM inventory_resourceledgerentry")
    return Finding(
        checked=count,
        totals={"on papers": on_papers, "in the ledger": in_ledger},
        failures=[
            f"{number} line {line_no}: paper {paper}, resource ledger {entry}"
            for number, line_no, paper, entry in off
        ],
    )


@invariant("S-6", "Goods got as much revenue from item charges as their lines were invoiced for")
def charges_agree() -> Finding:
    """Compared where the paper is in local currency: elsewhere its lines are converted together."""
    lines = """
        SELECT 'sales_invoice' AS kind, p.number, l.line_no, l.amount
        FROM sales_salesinvoiceline l JOIN sales_salesinvoice p ON p.id = l.document_id
        WHERE l.type = 'charge' AND p.currency_code = ''
        UNION ALL
        SELECT 'sales_credit_memo', p.number, l.line_no, -l.amount
        FROM sales_salescreditmemoline l JOIN sales_salescreditmemo p ON p.id = l.document_id
        WHERE l.type = 'charge' AND p.currency_code = ''
    """
    off = _rows(
        f"""
        SELECT l.number, l.line_no, l.amount, coalesce(v.amount, 0) FROM ({lines}) l
        LEFT JOIN LATERAL (
            SELECT sum(sales_amount_actual) AS amount FROM inventory_valueentry
            WHERE item_charge_no <> '' AND document_type = l.kind AND document_no = l.number
              AND document_line_no = l.line_no
        ) v ON true
        WHERE l.amount <> coalesce(v.amount, 0) ORDER BY 1, 2 LIMIT {SHOWN}
        """
    )
    [(count, invoiced)] = _rows(f"SELECT count(*), coalesce(sum(amount), 0) FROM ({lines}) l")
    return Finding(
        checked=count,
        totals={"invoiced": invoiced},
        failures=[
            f"{number} line {line_no}: paper {paper}, value entries {values}"
            for number, line_no, paper, values in off
        ],
    )


@invariant("I-31", "Numbers of posted papers have no gap")
def numbers_have_no_gap() -> Finding:
    ranges = [each for each in number_ranges() if not each.shared]
    failures = [
        f"{each.paper._meta.model_name} {each.pattern}: nothing between {before} and {after}"
        for each in ranges
        for before, after in each.gaps
    ]
    return Finding(checked=sum(each.count for each in ranges), failures=failures)
