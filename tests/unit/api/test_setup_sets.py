"""Small tables over the API: each is read, made, changed with its etag and deleted, and refuses what is wrong."""

from datetime import date

import pytest
from babel import Locale
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import CustomerTemplate, PaymentTerms, ShippingAgent, ShipToAddress
from erp.kernel.odata.entity import ALL, entity_set
from posting.countries import known_countries
from posting.models import AccountingPeriod, Country, Currency, GeneralLedgerSetup
from receivables.models import BankAccount, BankAccountPostingGroup, ReceivablesSetup
from sales.models import ReasonCode

ZEROS = "00000000-0000-0000-0000-000000000000"
ONE = ZEROS[:-1] + "1"

# Set, what makes one, what changes it, and what is refused: (given, target).
CASES = {
    "paymentTerms": (
        {"code": "61d", "displayName": "61 days", "dueDateCalculation": "61D", "discountPercent": 1.5},
        {"dueDateCalculation": "CM+1M", "calculateDiscountOnCreditMemos": True},
        [({"code": "BAD", "dueDateCalculation": "soon"}, "dueDateCalculation"),
         ({"code": "BAD", "discountPercent": 101}, "")],
    ),
    "paymentMethods": ({"code": "MOBILE", "displayName": "By phone"}, {"displayName": "Phone"}, []),
    "shipmentMethods": ({"code": "HAND", "displayName": "By hand"}, {"displayName": "Handed over"}, []),
    "salespeoplePurchasers": (
        {"code": "AH", "displayName": "Annette Hill", "email": "ah@handel.example", "commisionPercent": 3},
        {"phoneNo": "+47 22", "blocked": True},
        [({"code": "BAD", "email": "nowhere"}, "email"), ({"code": "BAD", "phoneNo": "call"}, "phoneNo"),
         ({"code": "BAD", "jobTitle": "Boss"}, "jobTitle"),
         ({"code": "BAD", "privacyBlocked": True}, "privacyBlocked")],
    ),
    "shippingAgents": (
        {"code": "FEDEX", "displayName": "FedEx", "trackingUrl": "https://fedex.example/%1"},
        {"displayName": "Fed"},
        [({"code": "BAD", "trackingUrl": "nowhere"}, "trackingUrl")],
    ),
    "customerReturnReasons": ({"code": "LATE", "description": "Too late"}, {"description": "Late"}, []),
    "reasonCodes": ({"code": "LATE", "displayName": "Too late"}, {"displayName": "Late"}, []),
    "returnReasons": (
        {"code": "BROKEN", "displayName": "Broken", "inventoryValueZero": True},
        {"inventoryValueZero": False},
        [({"code": "BAD", "defaultLocationCode": "NOWHERE"}, "defaultLocationCode")],
    ),
    "responsibilityCenters": (
        {"code": "NORTH", "displayName": "North"},
        {"displayName": "Northern"},
        [({"code": "BAD", "locationCode": "NOWHERE"}, "locationCode")],
    ),
    "customerTemplates": (
        {"code": "GOLD", "displayName": "Gold", "type": "Person", "currencyCode": "USD", "numberSeries": "CUSTOMER",
         "customerPostingGroupCode": "EU", "generalBusinessPostingGroupCode": "EU", "paymentTolerance": False},
        {"country": "SE", "languageCode": "sv", "paymentTolerance": True},
        [({"code": "BAD", "customerPostingGroupCode": "NONE"}, "customerPostingGroupCode"),
         ({"code": "BAD", "numberSeries": "NONE"}, "numberSeries")],
    ),
    "taxGroups": ({"code": "BOOKS", "displayName": "Books"}, {"displayName": "Books and papers"},
                  [({"code": "BAD", "taxType": "VAT"}, "taxType")]),
    "taxAreas": ({"code": "ISLANDS", "displayName": "Islands"}, {"displayName": "The islands"}, []),
    "currencies": (
        {"code": "chf", "displayName": "Swiss franc", "symbol": "Fr", "amountRoundingPrecision": 0.05},
        {"displayName": "Franc", "amountRoundingPrecision": 1, "amountDecimalPlaces": "0:0"},
        [({"code": "EUR"}, "code"), ({"code": "BAD", "amountRoundingPrecision": 0}, "amountRoundingPrecision"),
         ({"code": "BAD", "amountRoundingPrecision": 0.001}, "amountRoundingPrecision"),
         ({"code": "BAD", "amountDecimalPlaces": "3:3"}, "amountDecimalPlaces")],
    ),
    "countriesRegions": (
        {"code": "zz", "displayName": "Nowhere", "addressFormat": "City_x002B_Post_x0020_Code"},
        {"displayName": "Everywhere"},
        [({"code": "NOR"}, "code"), ({"code": "1A"}, "code"),
         ({"code": "ZY", "addressFormat": "Odd"}, "addressFormat")],
    ),
    "bankAccounts": (
        {"number": "B-9", "displayName": "Ninth", "iban": "NO93 8601 1117 947", "currencyCode": "USD"},
        {"blocked": True, "currencyCode": "EUR"},
        [({"number": "BAD", "iban": "NO00 8601 1117 947"}, "iban"),
         ({"number": "BAD", "intercompanyEnabled": True}, "intercompanyEnabled"),
         ({"number": "BAD", "currencyCode": "XXX"}, "currencyCode")],
    ),
}  # fmt: skip
KEY = {"bankAccounts": "number"}


@pytest.mark.parametrize("name", CASES)
def test_a_set_offers_every_verb(api, name):
    """Made, found, read, changed by who read it last, deleted, gone."""
    given, changes, _refused = CASES[name]
    key = KEY.get(name, "code")
    made = api.post(name, given)
    assert made.status_code == 201, made.body
    path = f"{name}({made.body['id']})"
    assert made["Location"].endswith(path)
    code = given[key].upper()
    wanted = {**given, key: code}
    assert {each: made.body[each] for each in wanted} == wanted or name == "currencies"
    (found,) = api.rows(f"{name}?$filter={key} eq '{code}'")
    assert found["id"] == made.body["id"]
    read = api.one(path)
    assert read["@odata.etag"] == found["@odata.etag"] == made.body["@odata.etag"]
    assert code in [row[key] for row in api.rows(f"{name}?$orderby={key} desc&$top=1000")]

    changed = api.patch(path, changes, etag=read["@odata.etag"])
    assert changed.status_code == 200, changed.body
    assert {each: changed.body[each] for each in changes} == changes
    assert changed.body["@odata.etag"] != read["@odata.etag"]
    assert api.patch(path, changes, etag=read["@odata.etag"]).code == "Request_EntityChanged"
    assert api.patch(path, changes, etag=None).status_code == 400
    whole = {each: value for each, value in changed.body.items() if "@" not in each}
    assert api.patch(path, whole).status_code == 200

    assert api.delete(path, etag=read["@odata.etag"]).status_code == 409
    assert api.delete(path, etag=changed.body["@odata.etag"]).status_code in (204, 409)
    assert api.delete(path).status_code in (204, 404)
    assert api.get(path).code == "Internal_RecordNotFound"
    assert api.get(f"{name}({ONE})").code == "Internal_RecordNotFound"


@pytest.mark.parametrize("name", CASES)
def test_a_set_refuses_what_is_wrong(api, name):
    given, _changes, refused = CASES[name]
    key = KEY.get(name, "code")
    api.made(name, given)
    twice = api.post(name, given)
    assert (twice.status_code, twice.code) == (400, "Internal_EntityWithSameKeyExists"), twice.body
    without = api.post(name, {each: value for each, value in given.items() if each != key})
    assert (without.code, without.target) == ("BadRequest_RequiredParamNotProvided", key)
    long = api.post(name, {**given, key: "X" * 21})
    assert (long.code, long.target) == ("Application_StringExceededLength", key)
    unknown = api.post(name, {**given, key: "NEW", "colour": "red"})
    assert (unknown.status_code, unknown.target) == (400, "colour")
    for wrong, target in refused:
        answer = api.post(name, wrong)
        assert (answer.status_code, answer.target) == (400, target), (wrong, answer.body)


@pytest.mark.parametrize("name", CASES)
def test_rights_are_those_of_the_table(api, world, name):
    given, changes, _refused = CASES[name]
    made = api.made(name, given)
    auditor = api.of(world.user("auditor", role="AUDITOR"))
    path = f"{name}({made['id']})"
    assert auditor.get(path).status_code == 200
    assert auditor.post(name, {**given, KEY.get(name, "code"): "NEW"}).status_code == 403
    assert auditor.patch(path, changes).status_code == 403
    assert auditor.delete(path).status_code == 403
    assert api.of(world.user("nobody", role="WAREHOUSE")).get("customerTemplates").status_code == 403


@pytest.mark.parametrize(
    "name", [*CASES, "accountingPeriods", "currencyExchangeRates", "generalProductPostingGroups"]
)
def test_a_list_costs_the_same_however_long(api, name):
    with CaptureQueriesContext(connection) as few:
        api.rows(f"{name}?$top=1")
    with CaptureQueriesContext(connection) as many:
        api.rows(name)
    assert len(many) <= len(few) + 1  # the local currency is looked up once, where a row has it


def test_what_is_used_stays(api, world):
    adatum = world.customer("Adatum", currency="USD")
    for path in (
        f"paymentTerms({adatum.payment_terms.uuid})",
        f"paymentMethods({adatum.payment_method.uuid})",
        f"currencies({adatum.currency.uuid})",
        f"taxAreas({next(row['id'] for row in api.rows('taxAreas') if row['code'] == 'DOM')})",
        f"taxGroups({next(row['id'] for row in api.rows('taxGroups') if row['code'] == 'V25')})",
    ):
        answer = api.delete(path)
        assert (answer.status_code, answer.code) == (400, "Application_DialogException"), path


def test_codes_by_which_others_name_a_row_stay(api):
    for path, key in (("currencies", "code"), ("countriesRegions", "code"), ("bankAccounts", "number")):
        row = api.rows(path)[0]
        answer = api.patch(f"{path}({row['id']})", {key: "QQ"})
        assert (answer.status_code, answer.target) == (400, key)


# Particular tables -------------------------------------------------------------------------------------------------


def test_the_company_shows_itself(api, world):
    world.ledger_setup(company_name="Handel AS", city="Oslo", country_code="NO")
    (row,) = api.rows("companyInformation")
    path = f"companyInformation({row['id']})"
    assert (row["displayName"], row["city"], row["country"]) == ("Handel AS", "Oslo", "NO")
    assert (row["currencyCode"], row["industry"], row["faxNumber"]) == ("EUR", "", "")
    assert row["currentFiscalYearStartDate"] == date.today().replace(month=1, day=1).isoformat()
    assert "picture" not in row
    answer = api.patch(path, {"displayName": "Handel", "industry": ""}, etag=row["@odata.etag"])
    assert (answer.status_code, answer.body["displayName"]) == (200, "Handel")
    assert GeneralLedgerSetup.objects.get().company_name == "Handel"
    assert api.patch(path, {"displayName": "X"}, etag=row["@odata.etag"]).status_code == 409
    assert api.patch(path, {"industry": "Bicycles"}).target == "industry"
    assert api.patch(path, {"currencyCode": "NOK"}).target == "currencyCode"
    assert api.patch(path, {"website": "x" * 81}).code == "Application_StringExceededLength"
    assert api.patch(path, {"email": "nowhere"}).target == "email"
    assert api.patch(path, {"country": "XX"}).target == "country"
    assert api.post("companyInformation", {"displayName": "Second"}).status_code == 405
    assert api.delete(path).status_code == 405
    assert api.get(f"{path}/picture").status_code == 404
    clerk = api.of(world.user("clerk", role="CLERK"))
    assert clerk.one(path)["displayName"] == "Handel"
    assert clerk.patch(path, {"displayName": "Mine"}).status_code == 403


def test_the_fiscal_year_begins_where_the_periods_say(api):
    AccountingPeriod.objects.filter(new_fiscal_year=True).update(new_fiscal_year=False)
    AccountingPeriod.objects.create(starting_date=date(2020, 7, 1), new_fiscal_year=True)
    assert api.rows("companyInformation")[0]["currentFiscalYearStartDate"] == "2020-07-01"


def test_the_decimals_of_a_currency_follow_from_its_rounding(api):
    shown = {row["code"]: row["amountDecimalPlaces"] for row in api.rows("currencies")}
    assert shown["USD"] == "2:2"
    Currency.objects.filter(code="NOK").update(amount_rounding_precision="1.00000")
    assert [row["code"] for row in api.rows("currencies?$filter=amountDecimalPlaces eq '0:0'")] == ["NOK"]


def test_rates_are_shown_both_ways(api, world):
    world.rate("USD", 100, 125, on=date(2026, 3, 1))
    (row,) = api.rows("currencyExchangeRates?$filter=currencyCode eq 'USD' and startingDate eq 2026-03-01")
    assert (row["exchangeRateAmount"], row["relationalExchangeRateAmount"]) == (100, 125)
    assert row["relationalCurrencyCode"] == ""
    assert api.one(f"currencyExchangeRates({row['id']})")["startingDate"] == "2026-03-01"
    assert api.post("currencyExchangeRates", {}).status_code == 405


@pytest.mark.parametrize("name", ["accountingPeriods", "generalLedgerSetup", "generalProductPostingGroups"])
def test_reference_data_is_read_only(api, name):
    row = api.rows(name)[0]
    assert api.one(f"{name}({row['id']})")["@odata.etag"] == row["@odata.etag"]
    for answer in (
        api.post(name, {}),
        api.patch(f"{name}({row['id']})", {}),
        api.delete(f"{name}({row['id']})"),
    ):
        assert answer.status_code == 405


def test_periods_and_the_ledger_set_up(api, world):
    world.ledger_setup(allow_posting_from=date(2026, 1, 1))
    setup = api.rows("generalLedgerSetup")[0]
    assert (setup["localCurrencyCode"], setup["allowPostingFrom"], setup["allowPostingTo"]) == (
        "EUR", "2026-01-01", "0001-01-01",
    )  # fmt: skip
    rows = api.rows(
        "accountingPeriods?$filter=startingDate ge 2026-01-01 and newFiscalYear&$orderby=startingDate"
    )
    assert rows[0]["startingDate"] == "2026-01-01"
    groups = {row["code"]: row for row in api.rows("generalProductPostingGroups")}
    assert groups["GOODS"]["defaultVATProductPostingGroup"] == "V25"


def test_countries_are_those_that_babel_knows(api, world):
    rows = {row["code"]: row for row in api.rows("countriesRegions")}
    names = Locale("en").territories
    assert len(rows) == 250
    assert {code: row["displayName"] for code, row in rows.items()} == {code: names[code] for code in rows}
    assert not {"EU", "UN", "ZZ", "XA"} & rows.keys()
    assert rows["NO"]["addressFormat"] == "Post_x0020_Code_x002B_City"
    assert rows["US"]["addressFormat"] == "City_x002B_County_x002B_Post_x0020_Code"


def test_a_company_that_is_set_up_gets_its_countries_by_the_migration(world):
    from importlib import import_module

    Country.objects.all().delete()
    fill = import_module("posting.migrations.0009_countries").fill
    fill(apps, None)
    assert Country.objects.count() == len(list(known_countries()))
    Country.objects.all().delete()
    GeneralLedgerSetup.objects.all().delete()
    fill(apps, None)
    assert not Country.objects.exists()


def test_reason_codes_have_two_names(api):
    made = api.made("reasonCodes", {"code": "WAR", "displayName": "War"})
    assert api.one(f"customerReturnReasons({made['id']})")["description"] == "War"
    assert ReasonCode.objects.get(code="WAR").description == "War"


def test_services_belong_to_a_carrier(api):
    bring = api.rows("shippingAgents?$filter=code eq 'BRING'")[0]["id"]
    made = api.made("shippingAgentServices", {
        "shippingAgentCode": "bring", "code": "night", "displayName": "Overnight", "shippingTime": "1D",
        "baseCalendarCode": "WEEK",
    })  # fmt: skip
    assert (made["shippingAgentId"], made["code"], made["shippingTime"]) == (bring, "NIGHT", "1D")
    names = [row["code"] for row in api.rows(f"shippingAgents({bring})/shippingAgentServices")]
    assert "NIGHT" in names
    (row,) = api.rows(
        "shippingAgents?$filter=shippingAgentServices/any(s: s/code eq 'NIGHT')&$expand=shippingAgentServices"
    )
    assert "NIGHT" in [each["code"] for each in row["shippingAgentServices"]]
    path = f"shippingAgentServices({made['id']})"
    assert api.patch(path, {"shippingTime": "2D", "shippingAgentId": bring}).body["shippingTime"] == "2D"
    assert api.patch(path, {"shippingAgentCode": "DHL"}).status_code == 400
    assert api.post("shippingAgentServices", {"code": "ALONE"}).code == "BadRequest_RequiredParamNotProvided"
    twice = api.post("shippingAgentServices", {"shippingAgentId": bring, "code": "NIGHT"})
    assert twice.code == "Internal_EntityWithSameKeyExists"
    assert api.post(f"shippingAgents({bring})/shippingAgentServices", {"code": "DAY"}).status_code == 201
    assert api.delete(path).status_code == 204
    assert ShippingAgent.objects.get(code="BRING").services.filter(code="DAY").exists()


def test_addresses_belong_to_a_customer(api, world):
    adatum, blue = world.customer("Adatum", number="10000"), world.customer("Blue", number="20000")
    world.location("OSLO")
    made = api.made("shipToAddresses", {
        "customerNumber": "10000", "code": "north", "addressLine1": "Torget 1", "city": "Tromsø", "country": "NO",
        "locationCode": "oslo", "email": "north@adatum.example",
    })  # fmt: skip
    assert (made["customerId"], made["displayName"], made["code"]) == (str(adatum.uuid), "Adatum", "NORTH")
    assert made["locationCode"] == "OSLO"
    path = f"shipToAddresses({made['id']})"
    assert [row["code"] for row in api.rows(f"customers({adatum.uuid})/shipToAddresses")] == ["NORTH"]
    assert api.rows(f"customers({blue.uuid})/shipToAddresses") == []
    rows = api.rows("customers?$filter=shipToAddresses/any(a: a/city eq 'Tromsø')&$expand=shipToAddresses")
    assert [row["number"] for row in rows] == ["10000"]
    assert rows[0]["shipToAddresses"][0]["city"] == "Tromsø"

    adatum.ship_to_code = "NORTH"
    adatum.save()
    etag = api.one(path)["@odata.etag"]
    assert api.patch(path, {"code": "arctic", "city": "Alta"}, etag=etag).body["code"] == "ARCTIC"
    adatum.refresh_from_db()
    assert adatum.ship_to_code == "ARCTIC"
    assert api.patch(path, {"city": "Alta"}, etag=etag).status_code == 409
    assert api.patch(path, {"customerNumber": "20000"}).status_code == 400
    for given, target in (
        ({"phoneNumber": "call"}, "phoneNumber"), ({"email": "nowhere"}, "email"), ({"gln": "123"}, "gln"),
        ({"locationCode": "NOWHERE"}, "locationCode"), ({"country": "XX"}, "country"),
    ):  # fmt: skip
        answer = api.patch(path, given)
        assert (answer.status_code, answer.target) == (400, target)
        assert (
            api.post("shipToAddresses", {"customerNumber": "10000", "code": "BAD", **given}).target == target
        )
    again = api.post("shipToAddresses", {"customerNumber": "10000", "code": "ARCTIC"})
    assert again.code == "Internal_EntityWithSameKeyExists"
    assert api.delete(path).status_code == 204
    adatum.refresh_from_db()
    assert (adatum.ship_to_code, ShipToAddress.objects.count()) == ("", 0)
    clerk = api.of(world.user("clerk", role="CLERK"))
    assert clerk.post("shipToAddresses", {"customerNumber": "10000", "code": "C"}).status_code == 201


def test_a_bank_account_is_posted_like_the_default_one(api, world):
    made = api.made("bankAccounts", {"number": "B-1", "displayName": "First"})
    assert BankAccount.objects.get(uuid=made["id"]).posting_group.code == "OPER"
    assert (made["currencyCode"], made["currencyId"], made["intercompanyEnabled"]) == ("EUR", ZEROS, False)
    ReceivablesSetup.objects.update(default_bank_account=None)
    answer = api.post("bankAccounts", {"number": "B-2"})
    assert (answer.status_code, answer.target) == (400, "bankAccountPostingGroupCode")
    api.made("bankAccounts", {"number": "B-2", "bankAccountPostingGroupCode": "usd"})
    assert (
        BankAccountPostingGroup.objects.get(code="USD") == BankAccount.objects.get(number="B-2").posting_group
    )


def test_a_bank_account_with_entries_keeps_its_currency(api, world):
    world.pay(world.customer("Adatum"), 100)
    account = BankAccount.objects.get(number="OPERATING")
    path = f"bankAccounts({account.uuid})"
    answer = api.patch(path, {"currencyCode": "USD"})
    assert (answer.status_code, answer.target) == (400, "currencyCode")
    assert api.patch(path, {"currencyCode": "EUR", "displayName": "Main"}).status_code == 200
    assert api.delete(path).code == "Application_DialogException"


def test_a_template_serves_the_next_customer(api):
    api.made("customerTemplates", {
        "code": "GOLD", "type": "Company", "country": "SE", "currencyCode": "SEK", "customerPostingGroupCode": "EU",
        "numberSeries": "CUSTOMER", "paymentTermsId": str(PaymentTerms.objects.get(code="COD").uuid),
        "reservePolicy": "Always",
    })  # fmt: skip
    assert CustomerTemplate.objects.get(code="GOLD").currency.code == "SEK"
    made = api.made("customers", {"displayName": "Northwind", "country": "SE"}, X_Extensions="1")
    assert (made["currencyCode"], made["reservePolicy"]) == ("SEK", "Always")


def test_the_sets_of_this_file_are_all_that_are_written_like_this():
    """A set-up table that gets an address of its own is tried here as well."""
    for name in CASES:
        assert entity_set(name).verbs == ALL
