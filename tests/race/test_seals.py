"""Seals of postings that commit: two writers make one chain, and a database is proved from outside."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from posting import seal_export
from posting.models import Register, Seal
from posting.routines.publish_root import publish_root
from posting.seal_verify import verify
from tests.support.races import race
from tests.support.seals import SCRIPT, script
from tests.unit.posting.builder import build_books


@pytest.mark.django_db(transaction=True)
def test_two_writers_make_one_chain():
    books = build_books()

    def clerk(name: str):
        for place in range(10):
            number = f"{name}{place}"
            if place % 3 == 2:
                with pytest.raises(RuntimeError), transaction.atomic():
                    books.post(("6300", "1.00"), ("1020", "-1.00"), document_no=number)
                    raise RuntimeError
            else:
                books.post(("6300", "1.00"), ("1020", "-1.00"), document_no=number)

    race(lambda: clerk("A"), lambda: clerk("B"))
    assert Seal.objects.count() == Register.objects.count() == 14
    proof = verify()
    assert (proof.broken, proof.registers, proof.rows) == (None, 14, 14 * 3)

    given = connection.get_connection_params()
    dsn = " ".join(
        f"{name}={given[name]}" for name in ("dbname", "host", "port", "user", "password") if given.get(name)
    )
    run = [sys.executable, SCRIPT, "--dsn", dsn]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "14 registers with 42 rows" in done.stdout, done.stderr


@pytest.mark.django_db(transaction=True)
def test_an_export_is_of_one_moment(tmp_path, monkeypatch):
    """Somebody posts after the first table was written and before the last: the folder knows nothing of it."""
    books = build_books()
    books.post(("6300", "1.00"), ("1020", "-1.00"), document_no="BEFORE")
    copy, tables = seal_export._copy, []

    def copy_and_post(cursor, folder, table, query):
        count = copy(cursor, folder, table, query)
        if not tables:
            race(lambda: books.post(("6300", "1.00"), ("1020", "-1.00"), document_no="MEANWHILE"))
        tables.append(table)
        return count

    monkeypatch.setattr(seal_export, "_copy", copy_and_post)
    seal_export.export_ledgers(tmp_path / "ledgers")
    assert len(tables) > 5 and Register.objects.count() == 2
    said = []
    assert script().prove(script().Export(tmp_path / "ledgers"), say=said.append) == 0, said
    assert "1 registers with 3 rows" in said[0]


@pytest.mark.django_db(transaction=True)
def test_a_root_is_written_down_when_its_register_is_on_disk(tmp_path):
    """A run posts without waiting for the disk; the root is taken before the run has ended."""
    books = build_books()

    def post_without_waiting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            books.post(("6300", "1.00"), ("1020", "-1.00"))
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            return cursor.fetchone()[0]

    [written] = race(post_without_waiting)
    at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    root = publish_root(on=at.date(), at=at, file=tmp_path / "roots")
    assert (root.register_no, str(root)) == (1, (tmp_path / "roots").read_text().strip())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", [written])
        assert cursor.fetchone() == (True,)
