"""The cards of customers and items: what stands on them, for whom; and who may change what."""

from datetime import date
from decimal import Decimal as D
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from erp.kernel.models import RecentRecord
from inventory.demand import Wanted
from inventory.models import Item
from inventory.outlook import places_now, weeks_ahead
from inventory.selectors import OnHand
from receivables.selectors.card import days_to_pay, sales_by_month
from sales.models import PriceList, PriceListLine


def text(answer) -> str:
    """The page without its frame."""
    page = answer.content.decode()
    return " ".join(unescape(page[page.index("<main") : page.index("</main>")]).split())


def card(number: str = "C1") -> str:
    return reverse("sales:customer", args=[number])


def edit(number: str = "C1") -> str:
    return reverse("sales:customer-edit", args=[number])


def filled_in(page, **changes) -> dict:
    """What the form would send."""
    values = {"version": page.context.get("version", "")}
    for field in page.context["form"]:
        value = field.value()
        if value is True:
            values[field.html_name] = "on"
        elif value not in (None, False):
            values[field.html_name] = str(value)
    return values | changes


class TestCustomer:
    def test_the_card_says_what_one_looks_for_first(self, shop, browser):
        """A thousand invoiced and half of it paid after ten days, two more bicycles on order, a limit of 5,000."""
        Customer.objects.filter(number="C1").update(credit_limit=5000)
        invoice = shop.invoice()
        shop.world.pay(shop.customer, 400, apply=invoice.number)
        shop.order()
        page = text(browser.get(card()))
        for words in ("C1 · Adatum", "Balance EUR", "600.00", "Credit left", "3,400.00", "of 5,000.00",
                      "Sales this year", "800.00", "Sales by month", "Open amounts by days overdue",
                      invoice.number):  # fmt: skip
            assert words in page, words
        assert RecentRecord.objects.get().number == "C1"

    def test_days_to_pay_and_sales_by_month(self, shop):
        world = shop.world
        first = world.order(shop.customer, on=date(2025, 12, 1)).sells(1, shop.bicycle)
        first = first.release().post(on=date(2025, 12, 1))
        second = shop.invoice()
        assert days_to_pay(shop.customer.pk, on=date(2026, 3, 31)) is None
        world.pay(shop.customer, 500, apply=first.number, on=date(2025, 12, 11))
        world.pay(shop.customer, 1000, apply=second.number, on=date(2026, 3, 22))
        assert days_to_pay(shop.customer.pk, on=date(2026, 3, 31)) == 15
        years = sales_by_month(shop.customer.pk, on=date(2026, 3, 31))
        assert years.this_year[:4] == (0, 0, 800, None) and years.last_year[11] == 400
        assert (years.this_total, years.last_total) == (800, 400)

    def test_the_warehouse_sees_no_money(self, shop, sign_in):
        Customer.objects.filter(number="C1").update(credit_limit=5000)
        shop.invoice()
        page = text(sign_in("WAREHOUSE").get(card()))
        assert "C1 · Adatum" in page
        for words in (
            "Balance",
            "Credit left",
            "Credit limit",
            "5,000.00",
            "1,000.00",
            "Sales this year",
            "Prices and discounts",
            "Edit",
        ):
            assert words not in page, words
        assert sign_in("WAREHOUSE").get(edit()).status_code == 403
        assert sign_in("WAREHOUSE").get(reverse("sales:customer-new")).status_code == 403

    def test_the_clerk_sees_no_profit(self, shop, sign_in):
        shop.invoice()
        assert "Profit" not in text(sign_in("CLERK").get(card()))
        assert "Profit" in text(sign_in("ACCOUNTANT").get(card()))

    def test_prices_that_apply(self, shop, browser):
        prices = PriceList.objects.create(code="SPRING", status="active")
        line = {"price_list": prices, "asset_type": "item", "asset_no": "BICYCLE", "amount_type": "price"}
        PriceListLine.objects.create(source_type="customer", source_no="C1", unit_price=D("377.00"), **line)
        PriceListLine.objects.create(source_type="customer", source_no="C2", unit_price=D("366.00"), **line)
        old = {"ending_date": date(2026, 1, 1)}
        PriceListLine.objects.create(
            source_type="customer", source_no="C1", unit_price=D("355.00"), **line, **old
        )
        page = text(browser.get(card()))
        assert "377.00" in page and "366.00" not in page and "355.00" not in page
        page = text(browser.get(reverse("inventory:item", args=["BICYCLE"])))
        assert "377.00" in page and "366.00" in page and "355.00" not in page

    def test_the_clerk_changes_an_address_and_not_the_credit_limit(self, shop, sign_in):
        """Credit limit, terms, posting groups and the block stay what they are, whatever is sent along."""
        clerk = sign_in("CLERK")
        page = clerk.get(edit())
        assert "credit_limit" not in page.context["form"].fields
        assert "Credit limit" in text(page)
        given = filled_in(page, city="Rotterdam", credit_limit="1", blocked="all", payment_terms="")
        answer = clerk.post(edit(), given, follow=True)
        assert "C1 is saved." in text(answer)
        customer = Customer.objects.get(number="C1")
        assert customer.city == "Rotterdam"
        assert (customer.credit_limit, customer.blocked) == (0, "") and customer.payment_terms is not None
        assert "City: Utrecht → Rotterdam" in text(clerk.get(card()))

    def test_the_accountant_changes_what_the_clerk_may_not(self, shop, sign_in):
        accountant = sign_in("ACCOUNTANT")
        given = filled_in(accountant.get(edit()), credit_limit="7500", blocked="ship")
        accountant.post(edit(), given)
        customer = Customer.objects.get(number="C1")
        assert (customer.credit_limit, customer.blocked) == (7500, "ship")
        assert "Blocked: Ship" in text(accountant.get(card()))

    def test_the_admin_keeps_the_same_fields_closed(self, shop, sign_in):
        page = sign_in("CLERK").get(reverse("admin:customers_customer_change", args=[shop.customer.pk]))
        assert page.status_code == 200
        assert 'name="credit_limit"' not in page.content.decode() and 'name="city"' in page.content.decode()

    def test_what_is_wrong_is_told_and_nothing_typed_is_lost(self, shop, browser):
        given = filled_in(browser.get(edit()), email="nobody", city="Rotterdam", bill_to_customer="C1")
        refused = browser.post(edit(), given)
        assert refused.status_code == 422
        assert "Rotterdam" in text(refused) and "nobody" in text(refused)
        assert Customer.objects.get(number="C1").city == "Utrecht"

    def test_two_who_change_one_card(self, shop, browser):
        """The second is told, keeps what was typed, and may save it all the same."""
        given = filled_in(browser.get(edit()), city="Rotterdam")
        Customer.objects.update(modified_at=shop.world.at(date(2026, 3, 3)))
        refused = browser.post(edit(), given)
        assert refused.status_code == 422 and "changed by somebody else" in text(refused)
        assert "Rotterdam" in text(refused)
        browser.post(edit(), filled_in(refused))
        assert Customer.objects.get(number="C1").city == "Rotterdam"

    def test_a_new_customer_starts_from_a_template(self, shop, sign_in):
        clerk = sign_in("CLERK")
        address = reverse("sales:customer-new")
        page = clerk.get(address)
        given = {"template": "DOMESTIC", "name": "Boot B.V.", "city": "Delft", "language_code": "nl",
                 "idempotency_key": page.context["idempotency_key"]}  # fmt: skip
        answer = clerk.post(address, given)
        made = Customer.objects.get(name="Boot B.V.")
        assert answer.url == card(made.number)
        assert (
            made.customer_posting_group is not None
            and made.payment_terms is not None
            and made.city == "Delft"
        )
        clerk.post(address, given)
        assert Customer.objects.filter(name="Boot B.V.").count() == 1
        refused = clerk.post(address, {"template": "DOMESTIC", "name": "Other", "email": "x"})
        assert refused.status_code == 422 and not Customer.objects.filter(name="Other").exists()

    def test_ship_to_addresses(self, shop, sign_in):
        clerk, new = sign_in("CLERK"), reverse("sales:ship-to-new", args=["C1"])
        clerk.post(new, {"code": "DEPOT", "name": "Depot South", "city": "Breda"})
        assert "Depot South" in text(clerk.get(card()))
        assert clerk.post(new, {"code": "DEPOT", "name": "Twice"}).status_code == 422
        place = reverse("sales:ship-to", args=["C1", "DEPOT"])
        clerk.post(place, {"name": "Depot North", "city": "Breda"})
        assert shop.customer.ship_to_addresses.get().name == "Depot North"
        Customer.objects.filter(number="C1").update(ship_to_code="DEPOT")
        clerk.post(place, {"remove": "yes"})
        assert not shop.customer.ship_to_addresses.exists()
        assert Customer.objects.get(number="C1").ship_to_code == ""
        assert sign_in("WAREHOUSE").get(new).status_code == 403


class TestItem:
    item = staticmethod(lambda: reverse("inventory:item", args=["BICYCLE"]))
    edit = staticmethod(lambda: reverse("inventory:item-edit", args=["BICYCLE"]))

    def test_the_card_says_how_much_there_is_and_will_be(self, shop, browser):
        """Ten in stock and twelve on order: two too few, and the card says in which week."""
        shop.world.order(shop.customer, on=date(2026, 3, 2)).sells(12, shop.bicycle)
        page = text(browser.get(self.item()))
        assert "more is promised than there is: -2 PCS" in page
        assert "Projected stock" in page and "Sold by month" in page and "Unit cost EUR" in page
        assert RecentRecord.objects.get().kind == "item"

    def test_costs_are_for_who_may_see_them(self, shop, sign_in):
        """The clerk sees stock and prices; what it cost stands nowhere on the card."""
        shop.invoice()
        page = text(sign_in("CLERK").get(self.item()))
        assert "On hand" in page and "400.00" in page and "Latest sales" in page
        for words in ("240.00", "Unit cost", "Value EUR", "Profit", "Costing method", "FIFO"):
            assert words not in page, words
        page = text(sign_in("WAREHOUSE").get(self.item()))
        assert "On hand" in page and "Latest sales" not in page and "Prices and discounts" not in page

    def test_the_weeks_to_come(self):
        """What is overdue counts at once; what lies beyond the last week does not."""
        monday = date(2026, 3, 2)
        lines = [
            Wanted(1, "", "", D(4)),
            Wanted(1, "", "", D(2), date(2026, 2, 1)),
            Wanted(1, "", "", D(5), date(2026, 3, 10)),
            Wanted(1, "", "", D(-3), date(2026, 3, 16)),
            Wanted(1, "", "", D(9), date(2026, 6, 30)),
        ]
        weeks = weeks_ahead(D(10), lines, on=monday, count=4)
        assert [week.projected for week in weeks] == [4, -1, 2, 2]
        assert [week.start.day for week in weeks] == [2, 9, 16, 23]
        places = places_now([OnHand("", "OSLO", D(10), D(100))], lines)
        assert [(place.location_code, place.available) for place in places] == [("", -17), ("OSLO", 10)]

    def test_changing_and_making_items(self, shop, browser):
        given = filled_in(browser.get(self.edit()), description="Bicycle, red", unit_price="444.50")
        answer = browser.post(self.edit(), given, follow=True)
        assert "BICYCLE is saved." in text(answer)
        item = Item.objects.get(number="BICYCLE")
        assert (item.description, item.unit_price) == ("Bicycle, red", D("444.50"))

        # What posted entries lock stays as it is, with the reason.
        refused = browser.post(self.edit(), filled_in(browser.get(self.edit()), costing_method="average"))
        assert refused.status_code == 422 and "Costing method" in text(refused).replace("costing", "Costing")

        address = reverse("inventory:item-new")
        page = browser.get(address)
        groups = {
            "gen_prod_posting_group": item.gen_prod_posting_group.code,
            "vat_prod_posting_group": item.vat_prod_posting_group.code,
            "inventory_posting_group": item.inventory_posting_group.code,
        }
        new = {"number": "LAMP", "description": "Lamp", "type": "inventory", "base_unit": "PCS", "unit_price": "75",
               "idempotency_key": page.context["idempotency_key"]}  # fmt: skip
        browser.post(address, new | groups)
        made = Item.objects.get(number="LAMP")
        assert (made.unit_price, made.sales_unit.code, made.units.count()) == (75, "PCS", 1)
        twice = browser.post(address, new | groups | {"idempotency_key": "another"})
        assert twice.status_code in (409, 422) and Item.objects.filter(number="LAMP").count() == 1

    def test_who_may_not_see_costs_may_not_change_them(self, shop, world):
        """A user with the right to change items alone: the cost fields are not there, and are not taken."""
        user = world.user("editor", role="WAREHOUSE")
        user.user_permissions.add(Permission.objects.get(codename="change_item"))
        editor = Client()
        editor.force_login(user)
        page = editor.get(self.edit())
        assert "unit_cost" not in page.context["form"].fields and "240" not in text(page)
        editor.post(self.edit(), filled_in(page, shelf_no="A7", standard_cost="1", profit_percent="1"))
        item = Item.objects.get(number="BICYCLE")
        assert (item.shelf_no, item.standard_cost) == ("A7", shop.bicycle.standard_cost)

    @pytest.mark.parametrize("role", ["CLERK", "WAREHOUSE", "ACCOUNTANT"])
    def test_others_change_nothing(self, shop, sign_in, role):
        assert sign_in(role).get(self.edit()).status_code == 403
        assert sign_in(role).get(reverse("inventory:item-new")).status_code == 403
