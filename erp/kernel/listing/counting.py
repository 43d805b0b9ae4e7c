"""How many rows a list has, and what its columns come to, without counting a million of them."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import OperationalError, connections, transaction
from django.db.models import Count, QuerySet, Sum

from erp.kernel.listing.declaration import Column, Facts

EXACT = 2_000  # rows that are counted and added up without being asked
PATIENCE = 15_000  # milliseconds that totals that were asked for may take


def estimate(rows: QuerySet) -> int:
    """How many rows the database expects; it counts none."""
    from django.core.exceptions import EmptyResultSet

    plain = rows.order_by().select_related(None)
    try:
        sql, given = plain.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", given)
        plan = cursor.fetchone()[0]
    return int(plan[0]["Plan"]["Plan Rows"])


def totals(rows: QuerySet, columns: Sequence[Column], facts: Facts) -> tuple[int, dict[str, Decimal]]:
    """The number of rows and the sum of each column that has one. One query, and one a column that sums by itself."""
    plain = rows.order_by().select_related(None)
    simple = {column.name: column.path for column in columns if column.total is True}
    for column in columns:
        if column.total is True and column.is_derived and column.path not in plain.query.annotations:
            plain = plain.annotate(**{column.path: column.expression(facts)})
    sums = plain.aggregate(
        number_of_rows=Count("pk"), **{f"sum_{name}": Sum(path) for name, path in simple.items()}
    )
    found = {name: sums[f"sum_{name}"] or Decimal(0) for name in simple}
    for column in columns:
        if callable(column.total):
            found[column.name] = column.total(plain, facts) or Decimal(0)
    return sums["number_of_rows"], found


def few_totals(
    rows: QuerySet, every: QuerySet, columns: Sequence[Column], facts: Facts, *, limit: int = EXACT
) -> tuple[int, dict[str, Decimal]] | None:
    """The same for a list that is likely short; None where it has more rows than that, however it was estimated.

    every  the rows of the list without views and filters: what is added up is asked for by key
    """
    keys = list(rows.order_by().select_related(None).values_list("pk", flat=True)[: limit + 1])
    if len(keys) > limit:
        return None
    return totals(every.filter(pk__in=keys), columns, facts)


def patient_totals(
    rows: QuerySet, columns: Sequence[Column], facts: Facts
) -> tuple[int, dict[str, Decimal]] | None:
    """The same, asked for over many rows; None where the database needs longer than anybody waits."""
    connection = connections[rows.db]
    try:
        with transaction.atomic(using=rows.db):
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
            found = totals(rows, columns, facts)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
            return found
    except OperationalError:
        return None
