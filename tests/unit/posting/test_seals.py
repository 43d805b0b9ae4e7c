"""Every posting is sealed, and whatever is changed afterwards is found: by the database's own hands, in every way."""

import hashlib
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction

from erp.kernel.invariants import run_all
from erp.kernel.models import OutgoingMail
from posting.models import Register, Seal
from posting.routines.post_journal import JournalLine, post_journal
from posting.routines.publish_root import publish_root
from posting.seal_layout import layout
from posting.seal_root import current_root, read_roots
from posting.seal_verify import verify
from posting.tasks import publish_daily_root
from receivables.routines.apply import apply_entries
from receivables.routines.unapply import unapply
from sales.models import SalesShipmentLine
from sales.routines.undo_shipment import undo_shipment
from tests.support.seals import SCRIPT, proofs, script, sealed, without_triggers
from tests.world import TODAY, World


@pytest.fixture
def books(world) -> World:
    """A company that has bought, shipped, undone, invoiced, been paid, and written a journal."""
    adatum, lamp = world.customer("Adatum"), world.item("LAMP", stock=20, cost=60)
    order = world.order(adatum).sells(4, lamp, at=100).charges("4200", 25).release()
    undo_shipment(order.ship(), [10000, 20000], by=world.by, at=world.at())
    order.ship()
    invoice = order.invoice()
    world.pay(adatum, 200, apply=invoice.number)
    world.journal(("6500", 80), ("1010", -80))
    world.journal(("6500", 30), ("1010", -30), document_no="GJ-2")
    sealed()
    return world


NO_BRACKETS = str.maketrans("", "", "[]'")


def one(sql: str, *params) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchone()


def every_proof(tmp_path, *roots: str) -> list[str]:
    """What each of the three ways to prove the books says."""
    found = proofs(tmp_path / "ledgers", roots)
    broken = verify(roots=read_roots(roots)).broken
    assert not broken or broken.faults
    ours = (
        "as they were sealed"
        if broken is None
        else f"Register {broken.register_no} is broken: {broken.faults}"
    )
    return [ours.replace("Register None is broken", "After the last register"), *found.values()]


def test_what_was_posted_is_proved_in_three_ways(books, tmp_path):
    assert Seal.objects.count() == Register.objects.count() > 6
    assert all("as they were sealed" in said for said in every_proof(tmp_path))
    books.check()


# Fenced, but no part of a posting: logs and approvals, and the counts of the stock, which name no register.
NOT_SEALED = {
    "kernel_changelogentry", "kernel_transitionlog", "kernel_deniedattempt", "approvals_approvalcomment",
    "approvals_approvaldecision", "inventory_physicalinventoryentry", "posting_seal",
    "testsupport_entry",
}  # fmt: skip


def test_every_column_of_every_ledger_is_sealed(db):
    """A new ledger, or a new column, is sealed by the migration that makes it; see `Sealed`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, array_agg(attname::text) FROM pg_trigger"
            " JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_attribute ON attrelid = tgrelid AND attnum > 0"
            " AND NOT attisdropped WHERE proname = 'kernel_refuse_change' GROUP BY 1"
        )
        fenced = {table: set(columns) for table, columns in cursor.fetchall() if table not in NOT_SEALED}
    assert {ledger.table: set(ledger.columns) for ledger in layout(1)} == fenced


def test_the_database_seals_what_the_tables_are_now(db):
    """The function is made of the layout and of what may be empty: who alters a sealed column has it made anew."""
    source = "SELECT prosrc FROM pg_proc WHERE proname = 'posting_seal_contents'"
    before = one(source)
    one("SELECT posting_seal_build()")
    assert one(source) == before


REGISTER_OF_GL = (
    "SELECT register_id, entry_no FROM posting_glentry WHERE amount > 0 ORDER BY entry_no DESC LIMIT 1"
)
IN_RANGE = (
    "SELECT r.register_no, e.entry_no FROM {table} e JOIN posting_register r"
    " ON e.entry_no BETWEEN r.from_{no} AND r.to_{no} ORDER BY 1 LIMIT 1"
)
OF_PAPER = (
    "SELECT p.register_no, l.id FROM sales_salesinvoiceline l JOIN sales_salesinvoice p ON p.id = l.document_id"
    " ORDER BY l.id LIMIT 1"
)
LAST = "SELECT max(register_no), max(register_no) FROM posting_register"
THIRD = "SELECT 3, 3"

TAMPERED = {
    "an amount is changed": (REGISTER_OF_GL, "UPDATE posting_glentry SET amount = amount + 1 WHERE entry_no = {row}"),
    "two amounts are swapped": (
        REGISTER_OF_GL,
        "UPDATE posting_glentry SET amount = -amount WHERE register_id = {register}",
    ),
    "a posting date is moved": (
        REGISTER_OF_GL,
        "UPDATE posting_glentry SET posting_date = posting_date - 31 WHERE register_id = {register}",
    ),
    "an entry is deleted": (REGISTER_OF_GL, "DELETE FROM posting_glentry WHERE entry_no = {row}"),
    "a register is deleted": (THIRD, "DELETE FROM posting_register WHERE register_no = 3"),
    "a register is deleted with its seal": (
        THIRD,
        "DELETE FROM posting_register WHERE register_no = 3; DELETE FROM posting_seal WHERE register_no = 3",
    ),
    "a register is written by somebody else": (
        THIRD,
        "UPDATE posting_register SET created_by = 'nobody' WHERE register_no = 3",
    ),
    "an invoice line says something else": (
        OF_PAPER,
        "UPDATE sales_salesinvoiceline SET description = 'Consulting' WHERE id = {row}",
    ),
    "a line is added to an invoice": (
        OF_PAPER,
        "CREATE TEMP TABLE more AS SELECT * FROM sales_salesinvoiceline WHERE id = {row};"
        " UPDATE more SET id = 999999, line_no = 999999; INSERT INTO sales_salesinvoiceline SELECT * FROM more",
    ),
    "a VAT number is changed": (
        IN_RANGE.format(table="posting_vatentry", no="vat_entry_no"),
        "UPDATE posting_vatentry SET vat_registration_no = 'DE999' WHERE entry_no = {row}",
    ),
    "an entry gets another customer": (
        IN_RANGE.format(table="receivables_customerledgerentry", no="gl_entry_no"),
        "UPDATE receivables_customerledgerentry SET customer_id = customer_id + 1 WHERE entry_no = {row}",
    ),
    "goods disappear, and the stock with them": (
        IN_RANGE.format(table="inventory_itemledgerentry", no="item_entry_no"),
        "UPDATE inventory_itemledgerentry SET quantity = quantity - 1 WHERE entry_no = {row};"
        " UPDATE inventory_itementrystate SET quantity = quantity - 1, remaining_quantity = remaining_quantity - 1"
        " WHERE entry_id = {row}; UPDATE inventory_stock SET quantity = quantity - 1",
    ),
    "a seal is rewritten": (THIRD, f"UPDATE posting_seal SET seal = '{'a' * 64}' WHERE register_no = 3"),
    "the rows of a seal are rewritten": (
        REGISTER_OF_GL,
        "UPDATE posting_glentry SET amount = amount + 1 WHERE entry_no = {row}; UPDATE posting_seal SET contents ="
        " (SELECT (posting_seal_contents(r)).contents FROM posting_register r WHERE register_no = {register})"
        " WHERE register_no = {register}",
    ),
    "a seal counts other rows": (THIRD, "UPDATE posting_seal SET rows = rows + 1 WHERE register_no = 3"),
    "a seal is removed": (LAST, "DELETE FROM posting_seal WHERE register_no = {register}"),
    "an undone line changes sides": (
        "SELECT undo_register_no, id FROM sales_salesshipmentline WHERE undo_register_no > 0 ORDER BY 1 LIMIT 1",
        "UPDATE sales_salesshipmentline SET quantity = -quantity WHERE id = {row}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("deed", TAMPERED)
def test_what_is_changed_is_found(books, tmp_path, deed):
    """By SQL, as superuser, with all triggers off. Each proof names the first register that is broken."""
    find, statement = TAMPERED[deed]
    register, row = one(find)
    with without_triggers() as cursor:
        cursor.execute(statement.format(register=register, row=row))
    for said in every_proof(tmp_path):
        assert f"Register {register} is broken" in said
    with pytest.raises(CommandError, match=f"Register {register} is broken"):
        call_command("verify_seal", stdout=StringIO())


STRAY = {
    "posting_glentry": "entry_no = 999999",
    "receivables_customerledgerentry": "entry_no = 999999",
    "sales_salesinvoice": "id = 999999, register_no = 999999, number = 'X', uuid = gen_random_uuid()",
    "sales_salesinvoiceline": "id = 999999, document_id = 999999",
}


@pytest.mark.parametrize("table", STRAY)
def test_rows_that_belong_to_no_register_are_found(books, tmp_path, table):
    with without_triggers() as cursor:
        cursor.execute(f"CREATE TEMP TABLE more AS SELECT * FROM {table} LIMIT 1")
        cursor.execute(f"UPDATE more SET {STRAY[table]}")
        cursor.execute(f"INSERT INTO {table} SELECT * FROM more")
    for said in every_proof(tmp_path):
        assert "After the last register" in said and f"{table}: rows that belong to no register" in said


CUT_OFF = """
DELETE FROM posting_glentry WHERE register_id = {last};
DELETE FROM posting_register WHERE register_no = {last};
DELETE FROM posting_seal WHERE register_no = {last};
UPDATE kernel_ledgerhead SET register_no = register_no - 1, transaction_no = transaction_no - 1,
    gl_entry_no = (SELECT max(entry_no) FROM posting_glentry)
"""
SEALED_ANEW = """
UPDATE posting_glentry SET amount = amount * 2 WHERE register_id = {last};
DELETE FROM posting_seal WHERE register_no >= {last};
SELECT posting_seal_registers(1, {last})
"""


def test_a_ledger_that_was_cut_off_does_not_fit_its_root(books, tmp_path):
    """The last register is gone with all that knows of it: the books agree with themselves. The root knows better."""
    root = str(current_root(on=TODAY))
    last = Register.objects.count()
    with without_triggers() as cursor:
        cursor.execute(CUT_OFF.format(last=last))
    assert all("as they were sealed" in said for said in every_proof(tmp_path / "without"))
    for said in every_proof(tmp_path / "with", root):
        assert f"Register {last} is broken" in said and f"the root of {TODAY} knows {last} registers" in said


def test_a_ledger_that_was_sealed_anew_does_not_fit_its_root(books, tmp_path):
    """Changed, and sealed again by the database's own function: nothing inside tells it, the root does."""
    roots = [str(current_root(on=TODAY))]
    last = Register.objects.count()
    with without_triggers() as cursor:
        cursor.execute(SEALED_ANEW.format(last=last))
    assert all("as they were sealed" in said for said in every_proof(tmp_path / "without"))
    for said in every_proof(tmp_path / "with", *roots):
        assert f"Register {last} is broken" in said and "everything was sealed anew" in said
    # The evening after, nothing was posted since: the root of the same register is written down once more.
    roots.append(str(current_root(on=TODAY + timedelta(days=1))))
    for place, written in enumerate((roots, roots[::-1])):
        for said in every_proof(tmp_path / f"again-{place}", *written):
            assert f"Register {last} is broken" in said and f"the root of {TODAY} says" in said


def test_the_seal_is_what_the_document_says(books):
    """docs/ledger-seal.md, by hand: the head, a line per table, and the rows as COPY prints them."""
    seal = Seal.objects.last()
    text = f"handel seal 1\nregister {seal.register_no}\nprevious {seal.previous}\n{seal.contents}"
    assert hashlib.sha256(text.encode()).hexdigest() == seal.seal
    assert Seal.objects.get(pk=seal.pk - 1).seal == seal.previous
    assert Seal.objects.get(pk=1).previous == "0" * 64
    [ledger] = [each for each in layout(1) if each.table == "posting_glentry"]
    rows = StringIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY (SELECT {', '.join(ledger.columns)} FROM posting_glentry WHERE register_id = {seal.pk}"
            " ORDER BY entry_no) TO STDOUT",
            rows,
        )
    digest = hashlib.sha256(rows.getvalue().encode()).hexdigest()
    assert f"posting_glentry 2 {digest}\n" in seal.contents


AWKWARD = [
    "a\tb",
    "back\\slash",
    "\\N",
    "line\nbreak\r\n",
    "\v\f\b",
    "Æblegrød – 90 °C",
    "\\",
    "a\x01b\x02",
    " ",
]


def test_texts_are_hashed_as_they_are(books, tmp_path):
    """Tabs, line breaks, backslashes and what looks like nothing: two implementations print them alike."""
    lines = []
    for place, text in enumerate(AWKWARD):
        lines.append(JournalLine(2 * place, TODAY, f"T{place}", "6500", D(7), description=text))
        lines.append(JournalLine(2 * place + 1, TODAY, f"T{place}", "1010", D(-7), description=text))
    post_journal(lines, by=books.by, at=books.at())
    sealed()
    assert all("as they were sealed" in said for said in every_proof(tmp_path))


def test_the_form_does_not_depend_on_how_a_session_prints(books, tmp_path):
    books.journal(("6500", 5), ("1010", -5), document_no="GJ-3")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'German'; SET LOCAL timezone = 'Asia/Tokyo'")
    sealed()
    assert one("SHOW datestyle")[0].startswith("German")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'")
    assert all("as they were sealed" in said for said in every_proof(tmp_path))


def test_the_order_of_the_rows_on_disk_does_not_matter(books, tmp_path):
    with without_triggers() as cursor:
        cursor.execute("CREATE TEMP TABLE kept AS SELECT * FROM posting_glentry; DELETE FROM posting_glentry")
        cursor.execute("INSERT INTO posting_glentry SELECT * FROM kept ORDER BY entry_no DESC")
    assert all("as they were sealed" in said for said in every_proof(tmp_path))


def test_a_column_that_comes_later_is_sealed_from_a_new_version_on(books, tmp_path):
    """What was sealed before keeps its form; a change of the new column is found where the new version covers it."""
    sealed()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE posting_glentry ADD COLUMN colour text NOT NULL DEFAULT 'blue'")
        cursor.execute(
            "INSERT INTO posting_seal_layout SELECT ledger, 2, columns || ' colour', key, counter, register, parent"
            " FROM posting_seal_layout WHERE ledger = 'posting_glentry'"
        )
        cursor.execute("SELECT posting_seal_build()")
    books.journal(("6500", 5), ("1010", -5), document_no="GJ-3")
    sealed()
    assert [seal.version for seal in Seal.objects.order_by("-pk")[:2]] == [2, 1]
    assert all("as they were sealed" in said for said in every_proof(tmp_path / "before"))
    last = Register.objects.count()
    with without_triggers() as cursor:
        cursor.execute("UPDATE posting_glentry SET colour = 'red'")
    assert all(f"Register {last} is broken" in said for said in every_proof(tmp_path / "after"))


FEWER = {
    "a column": ("posting_glentry.amount", "UPDATE wider SET columns = replace(columns, ' amount ', ' ')"),
    "the way to the rows": (
        "the rows of posting_glentry, which it looks up otherwise",
        "UPDATE wider SET counter = NULL, register = 'register_id'",
    ),
}


@pytest.mark.parametrize("left_out", FEWER)
def test_a_new_version_that_seals_less_is_found(books, tmp_path, left_out):
    """Whoever owns the database may have the seals look away, from the next posting on. The proofs do not."""
    what, statement = FEWER[left_out]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE wider AS SELECT * FROM posting_seal_layout WHERE ledger = 'posting_glentry'"
        )
        cursor.execute(
            f"{statement}; UPDATE wider SET version = 2; INSERT INTO posting_seal_layout TABLE wider"
        )
        cursor.execute("SELECT posting_seal_build()")
    books.journal(("6500", 5), ("1010", -5), document_no="GJ-3")
    sealed()
    last = Register.objects.count()
    for said in every_proof(tmp_path):
        assert f"Register {last} is broken: version 2 does not seal {what}" in said.translate(NO_BRACKETS)


def test_what_is_rolled_back_leaves_no_seal(books):
    before = list(Seal.objects.values_list())
    with pytest.raises(RuntimeError), transaction.atomic():
        books.journal(("6500", 5), ("1010", -5), document_no="GJ-3")
        sealed()
        assert Seal.objects.count() == len(before) + 1
        raise RuntimeError
    assert list(Seal.objects.values_list()) == before


@pytest.mark.parametrize(
    "change", ["UPDATE posting_seal SET seal = ''", "DELETE FROM posting_seal", "TRUNCATE posting_seal"]
)
def test_nobody_changes_a_seal(books, change):
    with pytest.raises(DatabaseError, match="posting_seal only grows"), transaction.atomic():
        one(change)


def test_nothing_is_posted_behind_a_register_without_a_seal(books):
    with without_triggers() as cursor:
        cursor.execute(
            "DELETE FROM posting_seal WHERE register_no = (SELECT max(register_no) FROM posting_seal)"
        )
    last = Register.objects.count()
    with pytest.raises(IntegrityError, match=f"register {last} has no seal"), transaction.atomic():
        books.journal(("6500", 5), ("1010", -5), document_no="GJ-3")
        sealed()
    [law] = run_all(["I-22"])
    assert law.finding.failures == [f"Register {last} has no seal"]


def test_registers_are_proved_from_one_to_another(books):
    """What lies before is taken as it is; what lies behind is not looked at."""
    with without_triggers() as cursor:
        cursor.execute("UPDATE posting_register SET created_by = 'nobody' WHERE register_no = 3")
    assert verify(last=2).broken is None
    assert verify(first=4).broken is None
    assert verify(first=2).broken.register_no == 3
    assert verify(first=4).registers == Register.objects.count() - 3


def test_every_application_has_a_register(books, world):
    """Also one that reaches no G/L account: its details are in a register, and sealed with it."""
    customer = books.customer("Fabrikam")
    invoice = books.sales_invoice(customer).charges("4200", 100).post()
    paid = books.pay(customer, 125)
    entry = one(
        "SELECT entry_no FROM receivables_customerledgerentry WHERE document_no = %s", invoice.number
    )[0]
    applied = apply_entries(applying=paid.entry_no, to=(entry,), by=books.by, at=books.at())
    undone = unapply(paid.entry_no, by=books.by, at=books.at())
    for done in (applied, undone):
        register = Register.objects.get(pk=done.register_no)
        assert register.from_gl_entry_no is None
        assert register.to_customer_detail_no - register.from_customer_detail_no == 1
    books.check()


def test_lines_that_undo_belong_to_the_register_of_the_undoing(books):
    """Of a shipment with goods and freight both lines were undone; with the freight alone there is a register too."""
    lines = SalesShipmentLine.objects.exclude(undoes_line_no=0)
    assert {Register.objects.get(pk=line.undo_register_no).source_code for line in lines} == {"UNDO"}
    shipment = books.order(books.customer("Fabrikam")).charges("4200", 25).ship()
    [line] = undo_shipment(shipment, [10000], by=books.by, at=books.at())
    assert line.undo_register_no == Register.objects.order_by("-pk").first().pk
    sealed()
    assert "sales_salesshipmentline 1 " in Seal.objects.get(pk=line.undo_register_no).contents


# What people run


def test_the_command_tells_how_much_it_proved(books, tmp_path):
    out = StringIO()
    call_command("verify_seal", stdout=out)
    assert f"{Register.objects.count()} registers with" in out.getvalue()
    assert Seal.objects.last().seal in out.getvalue()
    (tmp_path / "roots").write_text("2026-03-02 1 abc\n")
    with pytest.raises(CommandError, match="no root of a ledger"):
        call_command("verify_seal", root=tmp_path / "roots", stdout=out)


def test_the_script_wants_nothing_but_python(books, tmp_path):
    """A process of its own, isolated from whatever is installed."""
    folder = tmp_path / "ledgers"
    call_command("export_ledgers", folder, stdout=StringIO())
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_ledgers", folder, stdout=StringIO())
    run = [sys.executable, "-I", "-S", SCRIPT, folder]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and Seal.objects.last().seal in done.stdout
    file = folder / "posting_glentry.copy"
    file.write_text(file.read_text().replace("80.00", "81.00", 1))
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "is broken: posting_glentry" in done.stdout
    done = subprocess.run([*run[:-1], tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "cannot be read" in done.stderr


def test_a_database_that_cannot_be_reached_is_not_called_broken(capsys):
    assert script().main(["--dsn", "host=127.0.0.1 port=1 dbname=nowhere"]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_seal_and_numbers_of_a_root_are_of_one_moment(books, django_assert_num_queries):
    with django_assert_num_queries(1):
        root = current_root(on=TODAY)
    assert (root.register_no, root.seal) == (Register.objects.count(), Seal.objects.last().seal)
    assert root.numbers["gl_entry_no"] == one("SELECT max(entry_no) FROM posting_glentry")[0]


def test_the_root_is_written_and_mailed(books, tmp_path, settings):
    file = tmp_path / "roots"
    out = StringIO()
    call_command("ledger_root", file=file, mail="auditor@example.com", stdout=out)
    settings.LEDGER_ROOT_FILE, settings.LEDGER_ROOT_MAIL = str(file), ""
    publish_daily_root()
    first, second = file.read_text().splitlines()
    assert first == second == out.getvalue().strip()
    [root, _again] = read_roots(file.read_text().splitlines())
    assert (root.register_no, root.seal) == (Register.objects.count(), Seal.objects.last().seal)
    [mail] = OutgoingMail.objects.all()
    assert mail.to == "auditor@example.com" and first in mail.body
    call_command("verify_seal", root=file, stdout=StringIO())


def test_without_settings_no_root_is_kept(books, settings):
    settings.LEDGER_ROOT_FILE = settings.LEDGER_ROOT_MAIL = ""
    publish_daily_root()
    assert not OutgoingMail.objects.exists()


def test_empty_books_have_no_root(world, tmp_path):
    assert publish_root(on=TODAY, at=world.at(), file=tmp_path / "roots") is None
    assert not (tmp_path / "roots").exists()
    assert verify().broken is None
