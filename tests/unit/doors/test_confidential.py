"""What somebody may not see is told by no other door; and who manages users does not become more than that."""

import re
from decimal import Decimal as D

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from erp.kernel.models import User
from sales.routines.archive import archive


@pytest.fixture
def warehouse(sign_in) -> Client:
    return sign_in("WAREHOUSE")


@pytest.fixture
def administrator(world, sign_in) -> Client:
    return sign_in("ADMINISTRATOR")


class TestCostAndCredit:
    def test_the_warehouse_reads_no_cost_in_the_set_up_tables(self, world, warehouse):
        item = world.item("BICYCLE", stock=3, cost=D("61.37"), price=100)
        for table, shown in (("item", "BICYCLE"), ("stock", "BICYCLE")):
            page = warehouse.get(reverse(f"admin:inventory_{table}_changelist")).content.decode()
            assert shown in page and "61.37" not in page and "184.11" not in page, table
        card = warehouse.get(reverse("admin:inventory_item_change", args=[item.pk])).content.decode()
        assert "BICYCLE" in card and "61.37" not in card

    def test_it_finds_no_cost_by_filtering_either(self, world, warehouse):
        world.item("BICYCLE", stock=3, cost=D("61.37"), price=100)
        address = reverse("admin:inventory_item_changelist")
        for query in ("unit_cost__gt=61", "unit_cost=61.37", "costing_method__exact=fifo"):
            assert warehouse.get(f"{address}?{query}").status_code == 400, query
        assert warehouse.get(f"{address}?unit_price__gt=61").status_code == 200

    def test_who_may_see_cost_sees_it(self, world, sign_in):
        item = world.item("BICYCLE", stock=3, cost=D("61.37"), price=100)
        manager = sign_in("SALES-MANAGER")
        assert "61.37" in manager.get(reverse("admin:inventory_item_changelist")).content.decode()
        card = manager.get(reverse("admin:inventory_item_change", args=[item.pk]))
        assert "61.37" in card.content.decode()

    def test_a_credit_limit_is_for_those_who_see_balances(self, world, warehouse, sign_in):
        customer = world.customer(credit_limit=D(7654))
        listed = reverse("admin:customers_customer_changelist")
        card = reverse("admin:customers_customer_change", args=[customer.pk])
        for address in (listed, card):
            page = warehouse.get(address).content.decode()
            assert customer.number in page and "7654" not in page and "7,654" not in page
        assert warehouse.get(f"{listed}?credit_limit__gt=1").status_code == 400
        assert "7654" in sign_in("CLERK").get(card).content.decode().replace(",", "")

    def test_the_lookup_tells_stock_to_those_who_may_know(self, world):
        world.item("BICYCLE", stock=3, cost=60, price=100)
        somebody = world.user("somebody", role="WAREHOUSE")
        group = Group.objects.get(name="WAREHOUSE")
        browser = Client()
        browser.force_login(somebody)
        address = f"{reverse('lookup', args=['item'])}?q=BICYCLE"
        assert "3 PCS in stock" in browser.get(address).content.decode()
        group.permissions.remove(
            Permission.objects.get(codename="view_stock", content_type__app_label="inventory")
        )
        assert "in stock" not in browser.get(address).content.decode()

    def test_changes_of_the_credit_limit_are_for_those_who_see_it(self, world, administrator, sign_in):
        customer = world.customer(credit_limit=D(7654))
        Customer.objects.filter(pk=customer.pk).update(credit_limit=D(8765))
        card = reverse("sales:customer", args=[customer.number])
        assert "8765" not in administrator.get(card).content.decode().replace(",", "")
        assert "8765" in sign_in("CLERK").get(card).content.decode().replace(",", "")

    def test_nor_does_the_form_of_the_card_show_it(self, world, warehouse):
        customer = world.customer(credit_limit=D(7654))
        Group.objects.get(name="WAREHOUSE").permissions.add(
            Permission.objects.get(codename="change_customer")
        )
        form = warehouse.get(reverse("sales:customer-edit", args=[customer.number]))
        assert form.status_code == 200
        assert "7654" not in form.content.decode().replace(",", "")

    def test_versions_of_a_document_differ_in_cost_for_those_who_see_it(self, shop, world, sign_in):
        order = shop.order()
        archive(order.document, by=world.by, at=world.at())
        order.document.lines.update(unit_cost_lcy=D("77.77"))
        address = reverse("sales:archive-compare", args=["order", order.number])
        query = "?one=1.1&other=now"
        assert "77.77" not in sign_in("CLERK").get(address + query).content.decode()
        assert "77.77" in sign_in("SALES-MANAGER").get(address + query).content.decode()


def test_more_rows_than_an_address_holds_are_refused_in_words(sign_in):
    """Servers take addresses of some four thousand signs."""
    orders = reverse("sales:documents", args=["order"])
    chosen = [f"SO-{number:06d}" for number in range(400)]
    refused = sign_in("CLERK").post(orders, {"do": "print", "chosen": chosen})
    assert refused.status_code == 422
    most = int(re.search(r"at most (\d+)", refused.content.decode()).group(1))
    taken = sign_in("CLERK").post(orders, {"do": "print", "chosen": chosen[:most]})
    assert taken.status_code == 302 and len(taken.url) <= 4000


def test_a_day_out_of_the_calendar_is_no_day(sign_in):
    manager = sign_in("SALES-MANAGER")
    for day in ("0001-01-01", "9999-12-31"):
        assert manager.post(reverse("settings-day"), {"day": day}).status_code == 422
        aged = reverse("reporting:report", args=["aged-receivables"])
        assert manager.get(f"{aged}?on_day={day}").status_code == 422


def test_a_figure_that_is_none_is_not_remembered(sign_in):
    for value in ("NaN", "1e999", '"\\ud800"'):
        answer = sign_in("CLERK").post(
            reverse("preference"), f'{{"key": "a.page", "value": {value}}}', content_type="application/json"
        )
        assert answer.status_code == 422, value


class TestUsers:
    def test_an_administrator_becomes_no_superuser(self, world, administrator):
        me = User.objects.get(groups__name="ADMINISTRATOR")
        page = reverse("admin:kernel_user_change", args=[me.pk])
        sent = {
            "username": me.username, "is_active": "on", "is_staff": "on", "is_superuser": "on",
            "groups": [group.pk for group in Group.objects.filter(name="ADMINISTRATOR")],
            "date_joined_0": "2026-01-01", "date_joined_1": "08:00:00", "_save": "1",
        }  # fmt: skip
        assert administrator.post(page, sent).status_code == 302
        me.refresh_from_db()
        assert not me.is_superuser

    def test_nor_takes_one_over(self, world, administrator):
        boss = world.by
        assert boss.is_superuser
        for name in ("change", "delete"):
            page = reverse(f"admin:kernel_user_{name}", args=[boss.pk])
            assert administrator.post(page, {"post": "yes", "username": "mine"}).status_code == 403, name
        secret = {"password1": "a long enough secret", "password2": "a long enough secret"}
        page = reverse("admin:auth_user_password_change", args=[boss.pk])
        assert administrator.post(page, secret).status_code == 403
        assert not User.objects.get(pk=boss.pk).check_password("a long enough secret")

    def test_a_lost_second_factor_is_removed_but_not_that_of_a_superuser(self, world, administrator):
        clerk = world.user("lost", role="CLERK")
        theirs, boss = (
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
            for user in (clerk, world.by)
        )
        for row, status in ((theirs, 302), (boss, 302)):
            page = reverse("admin:mfa_authenticator_delete", args=[row.pk])
            assert administrator.post(page, {"post": "yes"}).status_code == status
        assert list(Authenticator.objects.all()) == [boss]

    def test_many_are_not_deleted_at_once(self, world, administrator):
        listed = reverse("admin:kernel_user_changelist")
        administrator.post(
            listed, {"action": "delete_selected", "_selected_action": [world.by.pk], "post": "yes"}
        )
        assert User.objects.filter(pk=world.by.pk).exists()
