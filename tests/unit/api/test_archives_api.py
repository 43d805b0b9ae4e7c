"""Archived versions of documents, read as what the documents were."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales.models import ArchivedDocument
from sales.routines.archive import archive

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", number="10000")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=60, price=100)


def test_a_version_shows_what_the_document_was(world, api, adatum, bicycle):
    story = world.order(adatum, external_document_no="PO 7", your_reference="Anna").sells(2, bicycle)
    archive(story.document, by=world.by, at=world.at())
    story.edits(external_document_no="PO 8", sell_to_city="Oslo")
    archive(story.document, by=world.by, at=world.at())
    first, second = api.rows("salesOrderArchives", X_Extensions="1")
    assert (first["versionNumber"], second["versionNumber"], first["docNoOccurrence"]) == (1, 2, 1)
    assert (first["externalDocumentNumber"], second["externalDocumentNumber"]) == ("PO 7", "PO 8")
    assert (first["number"], first["sellToCustomerNumber"]) == (story.document.number, "10000")
    assert (first["billToCustomerNumber"], first["billToCustomerId"]) == ("10000", str(adatum.uuid))
    assert first["orderDate"] == story.document.order_date.isoformat()
    assert (first["pricesIncludingVAT"], first["status"], first["requestedDeliveryDate"]) == (
        False, "Open", "0001-01-01")  # fmt: skip
    assert (first["archivedBy"], first["archiveReason"]) == (world.by.get_username(), "Asked")

    assert api.one(f"salesOrderArchives({second['id']})")["sellToCity"] == "Oslo"
    for condition in (
        "externalDocumentNumber eq 'PO 8'",
        "sellToCity eq 'Oslo' and pricesIncludingVAT eq false",
        f"orderDate le {second['orderDate']} and versionNumber gt 1",
        f"id eq {second['id']}",
        f"sellToCustomerId eq {adatum.uuid} and status eq 'Open' and versionNumber eq 2",
    ):
        assert [row["id"] for row in api.rows(f"salesOrderArchives?$filter={condition}")] == [second["id"]]
    assert api.rows("salesQuoteArchives") == api.rows("salesReturnOrderArchives") == []
    assert api.delete(f"salesOrderArchives({second['id']})").status_code == 405
    assert ArchivedDocument.objects.count() == 2


def test_a_version_of_an_offer_to_a_prospect(world, api):
    archive(world.offer("Newcomer").document, by=world.by, at=world.at())
    (shown,) = api.rows("salesQuoteArchives", X_Extensions="1")
    assert (shown["sellToCustomerName"], shown["sellToCustomerNumber"]) == ("Newcomer", "")
    assert shown["sellToCustomerId"] == shown["billToCustomerId"] == ZEROS


def test_reading_many_asks_as_often_as_reading_few(world, api, adatum, bicycle):
    story = world.return_order(adatum).sells(5, bicycle, at=95)
    asked = []
    for count in (2, 8):
        while ArchivedDocument.objects.count() < count:
            archive(story.document, by=world.by, at=world.at())
        with CaptureQueriesContext(connection) as queries:
            assert len(api.rows("salesReturnOrderArchives?$expand=customer", X_Extensions="1")) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_json_is_left_alone_where_nobody_asks_for_it(world, api, adatum, bicycle):
    archive(world.order(adatum).sells(5, bicycle).document, by=world.by, at=world.at())
    with CaptureQueriesContext(connection) as queries:
        (row,) = api.rows("salesOrderArchives?$select=number,versionNumber")
    assert row.keys() == {"@odata.etag", "number", "versionNumber"}
    assert not [each for each in queries.captured_queries if '"content"' in each["sql"]]
