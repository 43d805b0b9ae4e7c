"""What a million rows would make slow: rows that go are asked for by their foreign keys, through an index."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

# Rows of these tables are deleted every day.
PASSING = ("sales_salesdocument", "sales_salesline", "receivables_journalline", "inventory_itemjournalline")


def test_whoever_points_to_a_row_that_goes_is_found_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.conrelid::regclass::text, a.attname
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY(%s)
              AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum)
            """,
            [list(PASSING)],
        )
        assert cursor.fetchall() == []
