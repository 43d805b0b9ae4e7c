"""Customers over the API: made by template, changed by the rules of the card, with the rights of its fields."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, CustomerTemplate, PaymentTerms, Salesperson, ShipToAddress
from posting.models import Currency, VATBusinessGroup
from tests.world.calendar import TODAY

ZEROS = "00000000-0000-0000-0000-000000000000"
EXTENSIONS = {"X_Extensions": "1"}


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", number="10000", country_code="NO", city="Oslo", email="a@adatum.example")


def at(customer: Customer) -> str:
    return f"customers({customer.uuid})"


# Reading -----------------------------------------------------------------------------------------------------------


def test_a_customer_shows_what_v2_has(api, adatum):
    row = api.one(at(adatum))
    assert row.pop("@odata.etag").startswith('W/"')
    assert row.pop("lastModifiedDateTime").endswith("Z")
    assert row.pop("@odata.context").endswith("customers/$entity")
    terms, group = PaymentTerms.objects.get(code="30D"), VATBusinessGroup.objects.get(code="DOM")
    assert row.pop("paymentTermsId") == str(terms.uuid)
    assert row.pop("paymentMethodId") == str(adatum.payment_method.uuid)
    assert row.pop("taxAreaId") != ZEROS
    assert row == {
        "id": str(adatum.uuid), "number": "10000", "displayName": "Adatum", "type": "Company",
        "addressLine1": "", "addressLine2": "", "city": "Oslo", "state": "", "country": "NO", "postalCode": "",
        "phoneNumber": "", "email": "a@adatum.example", "website": "", "salespersonCode": "", "balanceDue": 0,
        "creditLimit": 0, "taxLiable": False, "taxAreaDisplayName": group.description, "taxRegistrationNumber": "",
        "currencyId": ZEROS, "currencyCode": "EUR", "shipmentMethodId": ZEROS, "blocked": "_x0020_",
    }  # fmt: skip


def test_what_v2_lacks_is_shown_when_asked_for(api, world, adatum):
    payer = world.customer("Payer")
    world.location("OSLO")
    Customer.objects.filter(pk=adatum.pk).update(
        bill_to_customer=payer, location_code="OSLO", block_payment_tolerance=True, language_code="nb"
    )
    row = api.one(at(adatum), **EXTENSIONS)
    assert row["billToCustomerId"] == str(payer.uuid)
    assert row["locationId"] == api.one("locations?$filter=code eq 'OSLO'")["value"][0]["id"]
    assert (row["paymentTolerance"], row["languageCode"]) == (False, "nb")
    assert (row["shippingAdvice"], row["reservePolicy"], row["combineShipments"]) == (
        "Partial",
        "Optional",
        False,
    )
    assert "locationId" not in api.one(at(adatum))
    assert api.one(f"{at(adatum)}?$select=languageCode").keys() >= {"languageCode"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("number eq '10000'", ["10000"]),
        ("displayName eq 'Blue'", ["20000"]),
        ("contains(displayName,'a')", ["10000"]),
        ("type eq 'Person'", ["30000"]),
        ("type eq 'Company'", ["10000", "20000"]),
        ("currencyCode eq 'EUR'", ["10000", "30000"]),
        ("currencyCode eq ''", ["10000", "30000"]),
        ("currencyCode eq 'USD'", ["20000"]),
        ("currencyCode in ('EUR','USD')", ["10000", "20000", "30000"]),
        ("currencyCode in ('EUR','NOK')", ["10000", "30000"]),
        ("currencyId eq 00000000-0000-0000-0000-000000000000", ["10000", "30000"]),
        ("paymentTermsId ne 00000000-0000-0000-0000-000000000000 and number lt '20000'", ["10000"]),
        ("blocked eq 'All'", ["20000"]),
        ("blocked eq '_x0020_'", ["10000", "30000"]),
        ("creditLimit gt 100", ["20000"]),
        ("taxLiable eq false", ["10000", "20000", "30000"]),
        ("taxLiable", []),
        ("country eq 'no'", ["10000"]),
        ("currency/code eq 'USD'", ["20000"]),
        ("paymentTerm/code eq '30D' and number eq '10000'", ["10000"]),
        ("balanceDue gt 0", []),
        ("paymentTolerance eq false", []),
        ("lastModifiedDateTime gt 2020-01-01T00:00:00Z and blocked ne 'All'", ["10000", "30000"]),
    ],
)
def test_customers_are_filtered_by(api, world, adatum, text, found):
    world.customer("Blue", number="20000", currency="USD", blocked="all", credit_limit=Decimal(500))
    world.customer("Cleo", number="30000", partner_type="person")
    rows = api.rows(f"customers?$filter={text}&$orderby=number&$select=number")
    assert [row["number"] for row in rows] == found


def test_customers_are_searched_by_words(api, world, adatum):
    world.customer("Blue", number="20000")
    assert [row["number"] for row in api.rows('customers?$search="oslo"')] == ["10000"]


def test_what_is_asked_wrongly_is_refused(api, adatum):
    assert api.get("customers?$filter=blocked eq 'Sometimes'").status_code == 400
    assert api.get("customers?$filter=nothing eq 1").status_code == 400
    assert api.get("customers?$orderby=displayName").status_code == 400
    assert api.get("customers(00000000-0000-0000-0000-000000000001)").code == "Internal_RecordNotFound"


def test_what_somebody_owes_is_left_out_for_who_may_not_see_it(api, world, adatum):
    """The warehouse sees who the customer is; a missing credit limit must not look like none."""
    warehouse = api.of(world.user("warehouse", role="WAREHOUSE"))
    row = warehouse.one(at(adatum))
    assert row["displayName"] == "Adatum"
    assert not {"balanceDue", "creditLimit"} & row.keys()
    assert warehouse.get("customers?$filter=balanceDue gt 0").status_code == 400
    assert warehouse.get(f"{at(adatum)}/customerFinancialDetail").status_code == 403
    assert warehouse.get("customers?$expand=customerFinancialDetail").status_code == 403


def test_a_page_costs_the_same_for_two_and_for_fifty(api, world, adatum):
    path = "customers?$expand=currency,paymentTerm,shipmentMethod,paymentMethod,customerFinancialDetail"
    world.customer("Blue", currency="USD")
    with CaptureQueriesContext(connection) as few:
        assert len(api.rows(path, **EXTENSIONS)) == 2
    for number in range(48):
        world.customer(f"Customer {number}")
    with CaptureQueriesContext(connection) as many:
        assert len(api.rows(path, **EXTENSIONS)) == 50
    assert len(many) == len(few)


# Making ------------------------------------------------------------------------------------------------------------


def test_a_customer_needs_a_name_and_no_more(api):
    answer = api.post("customers", {"displayName": "Relecloud"})
    assert answer.status_code == 201
    assert answer["Location"].endswith(at(Customer.objects.get()))
    assert answer["X-Warnings"] == "W-CU-TEMPLATE"  # there are three templates for companies
    made = Customer.objects.get()
    assert made.number.startswith("C1")
    assert made.customer_posting_group.code == "DOMESTIC"
    assert made.payment_terms.code == "30D"
    assert answer.body["number"] == made.number


@pytest.mark.parametrize("name", [None, "", "   "])
def test_without_a_name_there_is_no_customer(api, name):
    answer = api.post("customers", {"displayName": name, "city": "Oslo"})
    assert (answer.status_code, answer.target) == (400, "displayName")
    assert not Customer.objects.exists()


def test_given_values_win_over_the_template(api):
    cod = PaymentTerms.objects.get(code="COD")
    usd = Currency.objects.get(code="USD")
    row = api.made("customers", {
        "number": "K-1", "displayName": "Cleo", "type": "Person", "country": "no", "city": "Bergen",
        "paymentTermsId": str(cod.uuid), "currencyCode": "usd", "creditLimit": 2500.5, "blocked": "Ship",
        "taxRegistrationNumber": "no999999999", "taxLiable": False,
    })  # fmt: skip
    made = Customer.objects.get()
    assert (made.number, made.partner_type, made.country_code, made.city) == ("K-1", "person", "NO", "Bergen")
    assert (made.payment_terms, made.payment_method.code, made.currency) == (cod, "CARD", usd)
    assert (made.credit_limit, made.blocked) == (Decimal("2500.50"), "ship")
    assert (row["currencyId"], row["currencyCode"]) == (str(usd.uuid), "USD")


def test_the_template_that_fits_the_tax_area_is_taken(api):
    """Who is taxed as one of the European Union also gets its posting groups, and nobody has to choose."""
    area = next(row for row in api.rows("taxAreas") if row["code"] == "EU")
    answer = api.post("customers", {"displayName": "Contoso", "taxAreaId": area["id"]})
    assert "X-Warnings" not in answer
    made = Customer.objects.get()
    assert (made.customer_posting_group.code, made.gen_bus_posting_group.code) == ("EU", "EU")


def test_a_template_can_be_named(api):
    api.made("customers", {"displayName": "Faraway", "customerTemplateCode": "export"})
    assert Customer.objects.get().customer_posting_group.code == "EXPORT"
    answer = api.post("customers", {"displayName": "Nowhere", "customerTemplateCode": "NONE"})
    assert (answer.code, answer.target) == ("Internal_InvalidTableRelation", "customerTemplateCode")


def test_without_templates_a_customer_starts_blank(api):
    CustomerTemplate.objects.all().delete()
    api.made("customers", {"displayName": "Blank"})
    assert Customer.objects.get().customer_posting_group is None


@pytest.mark.parametrize(
    ("given", "code", "target"),
    [
        ({"currencyCode": "XXX"}, "Internal_InvalidTableRelation", "currencyCode"),
        ({"country": "XX"}, "Internal_InvalidTableRelation", "country"),
        ({"paymentTermsId": ZEROS[:-1] + "7"}, "Internal_InvalidTableRelation", "paymentTermsId"),
        ({"salespersonCode": "NOBODY"}, "Internal_InvalidTableRelation", "salespersonCode"),
        ({"phoneNumber": "call me"}, "Application_DialogException", "phoneNumber"),
        ({"email": "nowhere"}, "Application_DialogException", "email"),
        ({"creditLimit": -1}, "Application_DialogException", "creditLimit"),
        ({"creditLimit": 1.005}, "Application_EvaluateException", "creditLimit"),
        ({"displayName": "x" * 101}, "Application_StringExceededLength", "displayName"),
        ({"taxRegistrationNumber": "9" * 21}, "Application_StringExceededLength", "taxRegistrationNumber"),
        ({"blocked": "Maybe"}, "Application_EvaluateException", "blocked"),
        ({"taxLiable": True}, "Application_FieldValidationException", "taxLiable"),
        ({"balanceDue": 5}, "BadRequest", "balanceDue"),
        ({"nickname": "Ada"}, "BadRequest", "nickname"),
        ({"languageCode": "tlh"}, "Application_EvaluateException", "languageCode"),
        ({"id": ZEROS[:-1] + "1"}, "BadRequest", "id"),
    ],
)
def test_what_cannot_be_so_is_refused_by_name(api, given, code, target):
    answer = api.post("customers", {"displayName": "Wrong", **given})
    assert (answer.status_code, answer.code, answer.target) == (400, code, target), answer.body
    assert not Customer.objects.exists()


def test_names_of_one_thing_must_agree(api):
    usd = Currency.objects.get(code="USD")
    answer = api.post("customers", {"displayName": "Two", "currencyId": str(usd.uuid), "currencyCode": "NOK"})
    assert (answer.status_code, answer.target) == (400, "currencyCode")
    api.made("customers", {"displayName": "One", "currencyId": str(usd.uuid), "currencyCode": "USD"})
    api.made("customers", {"displayName": "Local", "currencyId": ZEROS, "currencyCode": "EUR"})
    assert Customer.objects.get(name="Local").currency is None


def test_a_number_is_given_once(api, adatum):
    answer = api.post("customers", {"displayName": "Twice", "number": "10000"})
    assert (answer.status_code, answer.target) == (400, "number")
    assert answer.code == "Internal_EntityWithSameKeyExists"


def test_the_same_vat_number_warns(api, adatum):
    Customer.objects.filter(pk=adatum.pk).update(vat_registration_no="NO999999999")
    answer = api.post("customers", {
        "displayName": "Other", "taxRegistrationNumber": "NO999999999", "customerTemplateCode": "DOMESTIC",
    })  # fmt: skip
    assert (answer.status_code, answer["X-Warnings"]) == (201, "W-CU-VATDUP")


# Changing ----------------------------------------------------------------------------------------------------------


def test_a_customer_is_changed_as_it_was_read(api, adatum):
    row = api.one(at(adatum))
    answer = api.patch(at(adatum), {"city": "Bergen", "blocked": "Invoice"}, etag=row["@odata.etag"])
    assert answer.status_code == 200
    assert (answer.body["city"], answer.body["blocked"]) == ("Bergen", "Invoice")
    assert answer["ETag"] == answer.body["@odata.etag"] != row["@odata.etag"]
    assert answer.body["lastModifiedDateTime"] > row["lastModifiedDateTime"]
    assert api.patch(at(adatum), {"city": "Moss"}, etag=row["@odata.etag"]).code == "Request_EntityChanged"
    assert api.patch(at(adatum), {"city": "Moss"}, etag=None).status_code == 400
    adatum.refresh_from_db()
    assert (adatum.city, adatum.blocked) == ("Bergen", "invoice")


def test_a_whole_row_can_be_sent_back(api, adatum):
    row = api.one(at(adatum), **EXTENSIONS)
    answer = api.patch(at(adatum), {**row, "city": "Bergen"})
    assert answer.status_code == 200, answer.body
    assert answer.body["city"] == "Bergen"


def test_null_and_blank_clear(api, adatum):
    api.patch(at(adatum), {"city": None, "paymentTermsId": ZEROS, "paymentMethodId": None})
    adatum.refresh_from_db()
    assert (adatum.city, adatum.payment_terms, adatum.payment_method) == ("", None, None)


def test_the_extensions_are_written(api, world, adatum):
    payer, oslo = world.customer("Payer"), world.location("OSLO")
    answer = api.patch(at(adatum), {
        "billToCustomerId": str(payer.uuid), "locationId": api.rows("locations?$filter=code eq 'OSLO'")[0]["id"],
        "shippingAdvice": "Complete", "customerPriceGroupCode": "gold", "customerDiscountGroupCode": "large",
        "paymentTolerance": False, "languageCode": "nb", "combineShipments": True, "reservePolicy": "Always",
    })  # fmt: skip
    assert answer.status_code == 200, answer.body
    adatum.refresh_from_db()
    assert (adatum.bill_to_customer, adatum.location_code) == (payer, oslo.code)
    assert (adatum.shipping_advice, adatum.reserve) == ("complete", "always")
    assert (adatum.price_group_code, adatum.discount_group_code) == ("GOLD", "LARGE")
    assert (adatum.block_payment_tolerance, adatum.language_code, adatum.combine_shipments) == (
        True,
        "nb",
        True,
    )


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"number": "20000"}, "number"),
        ({"displayName": ""}, "displayName"),
        ({"customerTemplateCode": "EU"}, "customerTemplateCode"),
        ({"balanceDue": 7}, "balanceDue"),
        ({"email": "nowhere"}, "email"),
        ({"shipToAddresses": []}, "shipToAddresses"),
    ],
)
def test_what_cannot_be_changed_is_refused(api, adatum, given, target):
    answer = api.patch(at(adatum), given)
    assert (answer.status_code, answer.target) == (400, target), answer.body


def test_a_customer_is_not_billed_to_itself(api, adatum):
    answer = api.patch(at(adatum), {"billToCustomerId": str(adatum.uuid)})
    assert (answer.status_code, answer.body["error"]["details"][0]["code"]) == (400, "E-CU-BILLTO")


def test_a_blocked_salesperson_gets_nobody_new(api, adatum):
    Salesperson.objects.create(code="GONE", name="Gone", blocked=True)
    assert api.patch(at(adatum), {"salespersonCode": "GONE"}).target == "salespersonCode"


# Rights of fields --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"creditLimit": 100}, "creditLimit"),
        ({"blocked": "All"}, "blocked"),
        ({"paymentTermsId": ZEROS}, "paymentTermsId"),
        ({"paymentTolerance": False}, "paymentTolerance"),
        ({"taxAreaId": ZEROS}, "taxAreaId"),
    ],
)
def test_some_fields_want_a_right_of_their_own(api, world, adatum, given, target):
    clerk = api.of(world.user("clerk", role="CLERK"))
    answer = clerk.patch(at(adatum), {"city": "Bergen", **given})
    assert (answer.status_code, answer.code, answer.target) == (403, "Authorization_RequestDenied", target)
    adatum.refresh_from_db()
    assert adatum.city == "Oslo"
    if given[target] != ZEROS:
        assert clerk.post("customers", {"displayName": "New", **given}).status_code == 403


def test_said_again_as_they_are_they_are_let_through(api, world, adatum):
    clerk = api.of(world.user("clerk", role="CLERK"))
    row = clerk.one(at(adatum), **EXTENSIONS)
    assert clerk.patch(at(adatum), {**row, "city": "Bergen"}).status_code == 200
    made = clerk.made(
        "customers", {"displayName": "New", "creditLimit": 0, "blocked": "_x0020_", "paymentTermsId": ZEROS}
    )
    assert made["paymentTermsId"] != ZEROS  # nothing was said, so the template's


def test_who_may_not_see_a_limit_cannot_guess_it(api, world, adatum):
    from django.contrib.auth.models import Permission

    user = world.user("warehouse", role="WAREHOUSE")
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=("change_customer", "change_credit_limit"))
    )
    assert api.of(user).patch(at(adatum), {"creditLimit": 0}).status_code == 403


def test_whoever_may_only_look_writes_nothing(api, world, adatum):
    auditor = api.of(world.user("auditor", role="AUDITOR"))
    assert auditor.get(at(adatum)).status_code == 200
    assert auditor.post("customers", {"displayName": "New"}).status_code == 403
    assert auditor.patch(at(adatum), {"city": "Bergen"}).status_code == 403
    assert auditor.delete(at(adatum)).status_code == 403


# Deleting ----------------------------------------------------------------------------------------------------------


def test_a_customer_without_a_past_is_deleted_with_its_addresses(api, adatum):
    ShipToAddress.objects.create(customer=adatum, code="NORTH", name="North")
    assert api.delete(at(adatum), etag='W/"old"').code == "Request_EntityChanged"
    assert api.delete(at(adatum)).status_code == 204
    assert not Customer.objects.exists()
    assert api.get(at(adatum)).status_code == 404


def test_a_customer_with_entries_or_open_documents_stays(api, world, adatum):
    order = world.order(adatum).sells(1, world.item(stock=2), at=100)
    answer = api.delete(at(adatum))
    assert (answer.status_code, answer.code) == (400, "Application_DialogException")
    order.release().ship(on=TODAY)
    order.invoice(on=date(2026, 3, 3))
    codes = {each["code"] for each in api.delete(at(adatum)).body["error"]["details"]}
    assert codes >= {"E-CU-DEL-FY", "E-CU-DEL-OPEN", "E-CU-DEL-HIST"}
    assert Customer.objects.exists()


def test_a_customer_who_pays_for_another_stays(api, world, adatum):
    world.customer("Other", bill_to_customer=adatum)
    answer = api.delete(at(adatum))
    assert (answer.status_code, answer.code) == (400, "Application_DialogException")
    assert Customer.objects.count() == 2
