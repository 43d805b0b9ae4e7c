"""The floor of `make bench` is honest: it leaves what our posting left, row by row and value by value."""

import json

import pytest
from django.db import connection

from tests.bench.floor import Floor, alternate, recorded
from tests.bench.floor_replay import COPY, VALUES
from tests.bench.posting import post_orders
from tests.bench.posting_company import check_durable, deliver, hire, write_orders
from tests.bench.results import keep, table

LINES = 21  # enough for COPY wherever our posting copies rows


def rows_of(name: str, floor: Floor, schema: str) -> list[tuple]:
    columns = ", ".join(f'"{column.name}"' for column in floor.tables[name].columns)
    return asked(f'SELECT {columns} FROM {schema}."{name}" ORDER BY {columns}')


def asked(sql: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_the_floor_leaves_what_our_posting_left(transactional_db, world, tmp_path):
    """Three orders are posted and noted down; then their rows are written again into twins, in either way."""
    hire(world)
    for place in range(LINES):
        world.item(f"ITEM-{place}", cost=3, price=10)
    world.customer("Adatum")
    deliver(world, 2, pieces=8)
    orders = write_orders(3, LINES)
    with recorded(post_orders, orders) as floor:
        assert {
            "posting_glentry", "posting_register", "posting_glbalance", "inventory_valueentry", "inventory_stock",
            "receivables_openitem", "sales_salesinvoiceline", "sales_salesline", "kernel_outboxmessage",
            "kernel_numberseriesline", "kernel_ledgerhead",
        } <= floor.tables.keys()  # fmt: skip

        # The twins begin with what was there before, and end with what is there now; so does each single table.
        before = {name: rows_of(name, floor, VALUES) for name in floor.tables}
        rates = alternate(lambda _orders: 1.0, orders, floor, per_round=1, rounds=2, warm=1)
        for name in floor.tables:
            ours = rows_of(name, floor, "public")
            assert ours != before[name], f"nothing was written to {name}"
            assert rows_of(name, floor, VALUES) == ours, name
            assert rows_of(name, floor, COPY) == ours, name

            # They have our indexes, and neither triggers nor foreign keys to look after.
            indexes = "SELECT count(*) FROM pg_indexes WHERE schemaname = %s AND tablename = %s"
            assert (
                asked(indexes, VALUES, name) == asked(indexes, COPY, name) == asked(indexes, "public", name)
            )
        triggers = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relnamespace = %s::regnamespace"
        )
        assert asked(triggers, VALUES) == asked(triggers, COPY) == []
        # What noted the postings down is gone: those that are measured are as quick as ever.
        assert ("zz_capture",) not in asked(triggers, "public")

    # What was measured is kept under its name, beside what another bench has found.
    (tmp_path / "bench.json").write_text('{"page_order": {"value": 80}}')
    results = rates.results("post_21", "an order of 21 lines", "documents/s", note="")
    keep(results, tmp_path)
    kept = json.loads((tmp_path / "bench.json").read_text())
    assert kept.keys() == {"page_order", "post_21", "post_21_copy"}
    figure = kept["post_21"]
    assert {"value", "unit", "floor", "ratio", "runs", "spread"} <= figure.keys()
    assert (figure["value"], figure["unit"], figure["runs"]) == (1, "documents/s", 2)
    assert figure["floor"] > 0
    assert figure["spread"][0] <= figure["ratio"] <= figure["spread"][1]
    assert "an order of 21 lines, beside COPY" in table(results)


@pytest.mark.django_db
def test_a_forgetful_postgresql_is_not_measured():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    with pytest.raises(SystemExit, match="synchronous_commit"):
        check_durable()
