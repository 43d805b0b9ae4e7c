"""# The seal of the ledgers

What is posted stays. Nobody can change it from within, and whoever owns the database and takes the fences down is found
out: every posting is sealed with everything that it wrote, and every seal holds the one before.
"""

import re
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction

from posting.models import GLEntry, Register, Seal
from posting.seal_root import current_root
from posting.seal_verify import verify
from tests.support.seals import proofs, sealed, without_triggers


def by_the_back_door(statement: str) -> None:
    """What only the owner of the database can do, with all fences down."""
    with without_triggers() as cursor:
        cursor.execute(statement)


def test_every_posting_is_sealed(world):
    """An order is shipped, invoiced and paid: three postings, three seals, and each holds the one before."""
    adatum, lamp = world.customer("Adatum"), world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(2, lamp, at=100).release()
    order.ship()
    invoice = order.invoice()
    world.pay(adatum, 250, apply=invoice.number)
    world.check()

    seals = list(Seal.objects.all())
    assert len(seals) == Register.objects.count()
    for before, seal in pairwise(seals):
        assert seal.previous == before.seal

    # The invoice is sealed with its lines, its G/L and VAT entries, the customer's entry and its details.
    wrote = {line.split()[0] for line in seals[-2].contents.splitlines()}
    assert {"sales_salesinvoice", "sales_salesinvoiceline", "posting_glentry", "posting_vatentry"} <= wrote
    assert {"receivables_customerledgerentry", "receivables_detailedcustomerledgerentry"} <= wrote

    # Whoever wants proof has all rows of all postings hashed anew.
    assert verify().broken is None


def test_what_was_changed_is_named(world, tmp_path):
    """Somebody with the keys of the server makes an expense smaller. Nothing in the books tells, but for the seal."""
    world.journal(("6500", 80), ("1010", -80), document_no="TRAVEL")
    world.journal(("6500", 30), ("1010", -30), document_no="PHONE")
    sealed()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(
            "UPDATE posting_glentry SET amount = amount / 2 WHERE document_no = 'TRAVEL'"
        )

    # With the fences down both sides are halved, so that the books still balance.
    by_the_back_door("UPDATE posting_glentry SET amount = amount / 2 WHERE document_no = 'TRAVEL'")
    number = GLEntry.objects.filter(document_no="TRAVEL").values_list("register_id", flat=True).first()
    broken = verify().broken
    assert broken.register_no == number
    assert "posting_glentry: the 2 rows are not as sealed" in broken.faults

    # An auditor with nothing but Python says the same of the database, and of text files exported from it.
    said = proofs(tmp_path / "ledgers")
    assert all(f"Register {number} is broken: posting_glentry" in each for each in said.values())


def test_the_root_is_kept_outside(world, tmp_path):
    """Whoever can change a row can have everything sealed anew. So the last seal of a day is written down elsewhere."""
    world.journal(("6500", 80), ("1010", -80), document_no="TRAVEL")
    sealed()
    root = current_root(on=world.today)
    assert re.fullmatch(r"2026-03-02 1 [0-9a-f]{64} gl_entry_no=2 .*", str(root))

    world.journal(("6500", 30), ("1010", -30), document_no="PHONE")
    by_the_back_door(
        "UPDATE posting_glentry SET amount = amount / 2 WHERE document_no = 'TRAVEL';"
        "DELETE FROM posting_seal; SELECT posting_seal_registers(1, 2)"
    )
    assert verify().broken is None

    # The chain is whole, but it is another chain than the one whose root was kept.
    broken = verify(roots=[root]).broken
    assert broken.register_no == 1
    assert "everything was sealed anew" in broken.faults[0]
