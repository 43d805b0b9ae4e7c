"""Cost that reaches the general ledger by itself or later, and set-up that changes what was posted."""

from decimal import Decimal as D

import pytest
from django.core.management import CommandError, call_command

from erp.kernel.errors import ProblemsFound
from erp.kernel.invariants import run_all
from inventory.models import LateCostPosting, ValueEntry
from inventory.routines.change_setup import change_setup
from inventory.routines.post_cost_to_gl import post_cost_to_gl
from posting.models import GLEntry
from tests.unit.inventory.shop import AT, Shop, jan

LAWS = [f"INV-{number}" for number in range(1, 8)]


def laws_hold() -> bool:
    return all(result.holds for result in run_all(LAWS))


def story(shop):
    x = shop.item()
    receipt = shop.receive(x, 10, 12, on=jan(2))
    shipment = shop.ship(x, 4, on=jan(3))
    shop.invoice(shipment, 4, on=jan(4))
    return x, receipt


@pytest.mark.parametrize("summary", ["", "SUM"])
def test_cost_can_be_posted_later(db, summary):
    """Automatic cost posting off: the batch posts cost − cost posted, once."""
    shop = Shop(automatic_cost_posting=False)
    _x, receipt = story(shop)
    shop.invoice(receipt, 10, cost="12.50", on=jan(5))
    assert shop.gl() == {}
    posted = post_cost_to_gl(by=None, at=AT, document_no=summary, on=jan(31) if summary else None)
    assert posted.entries == LateCostPosting.objects.count() == 3
    assert shop.gl() == {"2110": 75, "7110": 50, "7191": -125}
    documents = set(GLEntry.objects.values_list("document_no", flat=True))
    assert documents == {"SUM"} if summary else len(documents) == 2
    assert laws_hold()
    assert post_cost_to_gl(by=None, at=AT).entries == 0
    assert ValueEntry.objects.exclude(cost_posted_to_gl=0).count() == 0


def test_interim_cost_posted_later_is_taken_back_when_the_invoice_comes(db):
    shop = Shop(automatic_cost_posting=False, expected_cost_posting=True)
    _x, receipt = story(shop)
    post_cost_to_gl(by=None, at=AT)
    assert shop.gl() == {"2110": -48, "7110": 48, "2111": 120, "5510": -120}
    shop.invoice(receipt, 10, cost="12.50", on=jan(5))
    post_cost_to_gl(by=None, at=AT)
    assert shop.gl() == {"2110": 75, "7110": 50, "7191": -125}
    assert laws_hold()


def test_only_what_is_due_by_a_day(db):
    shop = Shop(automatic_cost_posting=False)
    x = shop.item()
    shop.buy(x, 1, 10, on=jan(1))
    shop.buy(x, 1, 20, on=jan(20))
    assert post_cost_to_gl(by=None, at=AT, until=jan(10)).entries == 1
    assert shop.gl()["2110"] == 10


def test_switching_expected_cost_posting_on_and_off(shop):
    """R2.5: the interim balance of what is not invoiced is posted, then taken back."""
    _x, receipt = story(shop)
    settled = {"2110": -48, "7110": 48}
    change_setup(by=None, at=AT, expected_cost_posting=True)
    assert shop.gl() == settled | {"2111": 120, "5510": -120}
    assert laws_hold()
    change_setup(by=None, at=AT, expected_cost_posting=False)
    assert shop.gl() == settled
    change_setup(by=None, at=AT, expected_cost_posting=True)
    shop.invoice(receipt, 10, cost="12.50")
    assert shop.gl() == {"2110": 75, "7110": 50, "7191": -125}
    assert laws_hold()


def test_a_new_average_period_is_applied_by_adjusting(shop):
    """R2.5 and example 3-G, from day to month."""
    x = shop.item(costing_method="average")
    shop.buy(x, 1, 20, on=jan(1))
    sale = shop.sell(x, 1, on=jan(2))
    shop.buy(x, 1, 40, on=jan(3))
    assert shop.cost(sale) == -20
    change_setup(by=None, at=AT, average_cost_period="month")
    assert not shop.card(x).cost_is_adjusted
    call_command("adjust_cost", verbosity=0)
    assert shop.cost(sale) == -30
    assert shop.card(x).cost_is_adjusted
    assert laws_hold()


def test_the_command_adjusts_and_posts(late_shop, capsys):
    x = late_shop.item()
    receipt = late_shop.receive(x, 1, 10)
    sale = late_shop.sell(x, 1)
    late_shop.invoice(receipt, 1, cost=12)
    assert late_shop.cost(sale) == -10
    call_command("adjust_cost", "X", "--post-to-gl")
    assert late_shop.cost(sale) == -12
    assert "1 items adjusted with 1 value entries" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no item NONE"):
        call_command("adjust_cost", "NONE")


def test_late_posting_names_what_is_missing(db):
    from posting.models import GeneralPostingSetup

    shop = Shop(automatic_cost_posting=False)
    shop.buy(shop.item(), 1, D(10))
    GeneralPostingSetup.objects.update(direct_cost_applied_account=None)
    with pytest.raises(ProblemsFound) as refusal:
        post_cost_to_gl(by=None, at=AT)
    assert refusal.value.code == "E-POSTING-SETUP"
    assert not LateCostPosting.objects.exists()
