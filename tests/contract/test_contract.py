"""Clients of Business Central's API v2.0 find the names, types and verbs that they were written for.

The contract is frozen in fields.yaml. A set that Handel declares has all of it, and what is added is marked as an
extension; a set that it does not declare is named here, with the reason.
"""

import pytest

import erp.api  # noqa: F401 (it declares the sets)
from erp.kernel.odata.entity import READ, Action, EntitySet, Many, One, entity_set, entity_sets
from erp.kernel.odata.properties import Bool, Choice, Code, Guid, Moment, Text, as_extension
from tests.contract.comparison import ENUMS, SETS, differences

NO_PURCHASING = "Handel sells; it has no vendors and no purchase documents yet."
NO_MARKETING = "Handel has no contacts and opportunities yet."
NO_DIMENSIONS = "Handel has no dimensions yet."
IN_JSON = "The lines of a version are kept within it as JSON; they are no rows that could be read one by one."
NOT_YET = {
    "contacts": NO_MARKETING,
    "contactsInformation": NO_MARKETING,
    "customerContacts": NO_MARKETING,
    "defaultDimensions": NO_DIMENSIONS,
    "dimensionSetLines": NO_DIMENSIONS,
    "dimensionValues": NO_DIMENSIONS,
    "dimensions": NO_DIMENSIONS,
    "disputeStatus": "Handel does not note disputes about invoices yet.",
    "opportunities": NO_MARKETING,
    "purchaseOrderLines": NO_PURCHASING,
    "purchaseOrders": NO_PURCHASING,
    "salesBlanketOrderArchiveLines": IN_JSON,
    "salesOrderArchiveLines": IN_JSON,
    "salesQuoteArchiveLines": IN_JSON,
    "salesReturnOrderArchiveLines": IN_JSON,
    "vendors": NO_PURCHASING,
}

# Values that no record of Handel can have, and why: by enum, or by set and property.
NOBODY = "Handel has no vendors, employees and jobs yet."
VALUES_NOT_YET: dict[str, dict[str, str]] = {
    "AttParentType": {
        " ": "Every file belongs to something.",
        "Employee": NOBODY,
        "Job": NOBODY,
        "Journal": "Files are kept with documents and cards.",
        "Vendor": NOBODY,
    },
    "pdfDocument.parentType": dict.fromkeys(["Customer", "Item"], "A card is not printed."),
    "PicParentType": {
        "Contact": NO_MARKETING,
        "Employee": NOBODY,
        "Item Variant": "Variants show their item's picture.",
        "Vendor": NOBODY,
    },
}


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_what_the_contract_says(name):
    declared = entity_set(name)
    if declared is None:
        if not NOT_YET.get(name):
            pytest.fail(f"{name} is not declared; say in NOT_YET why", pytrace=False)
        return
    found = differences(declared, SETS[name], absent=NOT_YET, values_absent=VALUES_NOT_YET)
    if name in NOT_YET:
        found.append("it is declared: take it out of NOT_YET")
    if found:
        pytest.fail("\n".join([f"{name}:", *found]), pytrace=False)


def test_every_other_set_is_marked_as_an_extension():
    others = {each.name: each for each in entity_sets() if each.name not in SETS}
    assert [name for name, each in others.items() if not each.is_extension] == []


def test_nothing_is_excused_that_the_contract_does_not_have():
    assert set(NOT_YET) <= set(SETS)
    for where, values in VALUES_NOT_YET.items():
        name, _dot, field = where.partition(".")
        enum = SETS[name]["fields"][field]["type"].removeprefix("e:") if field else name
        assert set(values) <= set(ENUMS[enum]["values"]), where


# --- The comparison itself -----------------------------------------------------------------------------------------

FROZEN = {
    "entity": "thing",
    "key": "id",
    "verbs": ["GET", "PATCH"],
    "actions": ["post"],
    "navigation": {"currency": "one", "lines": "many"},
    "fields": {
        "id": {"type": "guid", "read_only": True},
        "code": {"type": "s10"},
        "blocked": {"type": "e:CustomerBlocked"},
        "lastModifiedDateTime": {"type": "dt"},
    },
}
BLOCKED = {"": "", "ship": "Ship", "invoice": "Invoice", "all": "All"}


class Right(EntitySet):
    """A set as the contract has it, with additions that are marked."""

    name, entity, verbs = "things", "thing", frozenset({"GET", "PATCH"})
    actions = (Action("post", lambda: None), Action("release", lambda: None, extension=True))
    navigation = (
        One("currency", "currencies", key="currencyId"),
        Many("lines", "lines", by="thingId"),
        Many("more", "more", by="thingId"),
    )
    properties = (
        Guid("id", read_only=True),
        Code("code", length=10),
        Choice("blocked", values=BLOCKED),
        Moment("lastModifiedDateTime", read_only=True),
        *as_extension(Bool("isNice")),
    )


def told(absent=(), values_absent=None, **changes) -> list[str]:
    declared = type("Changed", (Right,), changes)
    return differences(
        declared, FROZEN, absent=dict.fromkeys(absent, "why"), values_absent=values_absent or {}
    )


def with_property(changed) -> tuple:
    return tuple(changed if each.name == changed.name else each for each in Right.properties)


def test_what_is_right_gives_no_words():
    assert told() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"entity": "item"}, "entity is item, not thing"),
        ({"verbs": READ}, "verbs missing: PATCH"),
        ({"verbs": frozenset({"GET", "PATCH", "DELETE"})}, "verbs that v2.0 does not have: DELETE"),
        ({"actions": ()}, "action post is missing, or marked as an extension"),
        ({"navigation": Right.navigation[1:]}, "navigation currency is missing"),
        (
            {"navigation": (*Right.navigation[1:], Many("currency", "currencies", by="x"))},
            "navigation currency leads to many, not to one",
        ),
        ({"properties": Right.properties[:1] + Right.properties[2:]}, "code is missing, or marked as an extension"),
        ({"properties": with_property(Code("code", length=20))}, "code has at most 20 characters, not 10"),
        ({"properties": with_property(Code("code", length=10, read_only=True))}, "code is read-only"),
        ({"properties": with_property(Text("id", read_only=True))}, "id is Edm.String, not Edm.Guid"),
        ({"properties": (*Right.properties, Bool("odd"))}, "odd is not in v2.0: mark it as an extension"),
        (
            {"properties": with_property(Choice("blocked", values={**BLOCKED, "x": "Odd"}))},
            "blocked has the value 'Odd', which is not in CustomerBlocked",
        ),
        ({"is_extension": True}, "is no extension: v2.0 has it"),
    ],
)  # fmt: skip
def test_each_difference_is_told(changes, words):
    assert told(**changes) == [words]


def test_what_is_excused_is_not_told():
    without_ship = with_property(Choice("blocked", values={"": "", "invoice": "Invoice", "all": "All"}))
    assert told(properties=without_ship) == ["blocked lacks the value 'Ship' of CustomerBlocked"]
    assert told(properties=without_ship, values_absent={"CustomerBlocked": {"Ship": "why"}}) == []
    assert told(navigation=Right.navigation[1:], absent=["currencies"]) == []
