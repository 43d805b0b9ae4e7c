"""$metadata says to OData clients what the sets are: every set, property, way and action, in XML and in JSON."""

from xml.etree import ElementTree

import pytest
from django.utils import translation

import erp.urls  # noqa: F401 (it has the sets declared)
from erp.kernel.odata.codec import encode
from erp.kernel.odata.entity import Action, EntitySet, Many, One, entity_sets
from erp.kernel.odata.metadata import NAMESPACE, as_xml, describe
from erp.kernel.odata.properties import Choice, Code, Dec, Guid, Moment, Stream, Text

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
EDMX = "{http://docs.oasis-open.org/odata/ns/edmx}"


class Bicycles(EntitySet):
    """What has two wheels."""

    name, entity, verbs = "bicycles", "bicycle", frozenset({"GET", "PATCH"})
    properties = (
        Guid("id", read_only=True),
        Code("number", "number", length=20, sortable=True),
        Dec("price", "price", scale=2),
        Choice("state", "state", values={"": "", "new": "New", "old": "Not New"}),
        Guid("ownerId", "owner__uuid"),
        Text("frame", "frame", extension=True),
        Moment("modified", "modified_at", read_only=True),
        Stream("photo"),
    )
    navigation = (One("owner", "owners", key="ownerId"), Many("wheels", "wheels", by="bicycleId"))
    actions = (
        Action("ride", lambda: None, given=(Dec("distance", scale=3),)),
        Action("sum", lambda: None, on_set=True, method="GET", answers=(Dec("total"),)),
    )


class Owners(EntitySet):
    name, entity = "owners", "owner"
    properties = (Guid("id", read_only=True), Choice("state", "state", values={"": "", "rich": "Rich"}))


class Companies(EntitySet):
    name, entity, without_company = "companies", "company", True
    properties = (Guid("id", read_only=True),)


SETS = [Bicycles(), Companies(), Owners()]
SCHEMA = describe(SETS)[NAMESPACE]


def test_an_entity_has_its_key_and_its_properties():
    bicycle = SCHEMA["bicycle"]
    assert bicycle["$Key"] == ["id"]
    assert bicycle["id"] == {"$Type": "Edm.Guid"}
    assert bicycle["modified"]["@Org.OData.Core.V1.Computed"]
    assert bicycle["number"] == {"$MaxLength": 20, "$Nullable": True}
    assert bicycle["price"] == {"$Type": "Edm.Decimal", "$Precision": 38, "$Scale": 2, "$Nullable": True}
    assert bicycle["photo"] == {"$Type": "Edm.Stream"}
    assert bicycle["@Org.OData.Core.V1.Description"] == "What has two wheels."


def test_a_choice_is_an_enumeration_of_encoded_names():
    """Two properties called `state` with other values each have an enumeration of their own."""
    assert SCHEMA["bicycle"]["state"]["$Type"] == "Microsoft.NAV.bicycleState"
    assert SCHEMA["bicycleState"] == {"$Kind": "EnumType", "_x0020_": 0, "New": 1, "Not_x0020_New": 2}
    assert SCHEMA["ownerState"] == {"$Kind": "EnumType", "_x0020_": 0, "Rich": 1}


def test_a_way_says_by_which_property_it_leads():
    """A way to a set that nobody declares does not exist."""
    owner = SCHEMA["bicycle"]["owner"]
    assert owner["$ReferentialConstraint"] == {"ownerId": "id"}
    assert "wheels" not in SCHEMA["bicycle"]
    assert SCHEMA["NAV"]["bicycles"]["$NavigationPropertyBinding"] == {"owner": "owners"}


def test_a_company_is_the_root_of_every_set():
    assert SCHEMA["company"]["bicycles"]["$ContainsTarget"]
    assert SCHEMA["company"]["bicycles"]["$Collection"]
    assert "companies" not in SCHEMA["company"]


def test_actions_are_bound_and_what_reads_is_a_function():
    (ride,) = SCHEMA["ride"]
    assert ride["$Kind"] == "Action"
    assert [each["$Name"] for each in ride["$Parameter"]] == ["bindingParameter", "distance"]
    (total,) = SCHEMA["sum"]
    assert total["$Kind"] == "Function"
    assert total["$Parameter"][0]["$Collection"]
    assert total["$ReturnType"] == {"$Type": "Microsoft.NAV.bicycle_sum_answer"}


def test_a_set_says_what_may_be_done_with_it():
    bicycles = SCHEMA["NAV"]["bicycles"]
    assert bicycles["@Org.OData.Capabilities.V1.InsertRestrictions"] == {"Insertable": False}
    assert bicycles["@Org.OData.Capabilities.V1.UpdateRestrictions"] == {"Updatable": True}
    unsorted = bicycles["@Org.OData.Capabilities.V1.SortRestrictions"]["NonSortableProperties"]
    assert "price" in unsorted
    assert "number" not in unsorted


def test_version_1_has_texts_for_enumerations():
    old = describe(SETS, enums=False)[NAMESPACE]
    assert old["bicycle"]["state"] == {"$Nullable": True}
    assert not [name for name, said in old.items() if isinstance(said, dict) and said["$Kind"] == "EnumType"]


def test_properties_that_v2_does_not_have_can_be_left_out():
    assert "frame" in SCHEMA["bicycle"]
    assert "frame" not in describe(SETS, extensions=False)[NAMESPACE]["bicycle"]


def test_xml_says_the_same_as_json():
    root = ElementTree.fromstring(as_xml(describe(SETS)))
    schema = root.find(f"{EDMX}DataServices/{EDM}Schema")
    assert schema.get("Namespace") == NAMESPACE
    bicycle = schema.find(f"{EDM}EntityType[@Name='bicycle']")
    assert bicycle.find(f"{EDM}Key/{EDM}PropertyRef").get("Name") == "id"
    number = bicycle.find(f"{EDM}Property[@Name='number']")
    assert number.attrib == {"Name": "number", "Type": "Edm.String", "MaxLength": "20"}
    assert bicycle.find(f"{EDM}Property[@Name='id']").get("Nullable") == "false"
    contained = schema.find(f"{EDM}EntityType[@Name='company']/{EDM}NavigationProperty[@Name='bicycles']")
    assert contained.get("Type") == "Collection(Microsoft.NAV.bicycle)"
    members = schema.findall(f"{EDM}EnumType[@Name='bicycleState']/{EDM}Member")
    assert [(each.get("Name"), each.get("Value")) for each in members][1:] == [
        ("New", "1"),
        ("Not_x0020_New", "2"),
    ]
    ride = schema.find(f"{EDM}Action[@Name='ride']/{EDM}Parameter[@Name='bindingParameter']")
    assert ride.get("Type") == "Microsoft.NAV.bicycle"
    assert schema.find(f"{EDM}EntityContainer/{EDM}EntitySet[@Name='owners']") is not None


# --- What Handel declares --------------------------------------------------------------------------------------------


def test_everything_that_is_declared_is_there_once():
    schema = describe(entity_sets())[NAMESPACE]
    container = schema["NAV"]
    for entities in entity_sets():
        assert container[entities.name]["$Type"] == f"{NAMESPACE}.{entities.entity}"
        kind = schema[entities.entity]
        assert {each.name for each in entities.properties} <= set(kind)
        for each in entities.properties:
            if isinstance(each, Choice):
                enum = schema[kind[each.name]["$Type"].removeprefix(f"{NAMESPACE}.")]
                assert {encode(name) for name in each.values.values()} <= set(enum)
        for action in entities.actions:
            bound = [each["$Parameter"][0]["$Type"] for each in schema[action.name]]
            assert f"{NAMESPACE}.{entities.entity}" in bound


def test_every_type_that_is_named_exists():
    """Names are simple identifiers, and nothing has the name of something else."""
    root = ElementTree.fromstring(as_xml(describe(entity_sets())))
    schema = root.find(f"{EDMX}DataServices/{EDM}Schema")
    kinds = [each.get("Name") for each in schema if not each.tag.endswith(("Action", "Function"))]
    assert len(kinds) == len(set(kinds))
    bound = {each.get("Name") for each in schema if each.tag.endswith(("Action", "Function"))}
    assert not bound & set(kinds)
    for element in schema.iter():
        for attribute in ("Type", "EntityType"):
            name = element.get(attribute, "").removeprefix("Collection(").removesuffix(")")
            if name.startswith(NAMESPACE):
                assert name.removeprefix(f"{NAMESPACE}.") in kinds, f"{name} is named and does not exist"
        if element.get("Name"):
            assert element.get("Name").isidentifier(), element.get("Name")
    members = [
        len({one.get("Name") for one in each}) == len(each) for each in schema.iter(f"{EDM}EntityType")
    ]
    assert len(members) == len(entity_sets())


# --- At its address --------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(client, world):
    client.force_login(world.by)
    return lambda address, **headers: client.get(f"/api/v2.0/{address}", headers=headers)


def test_clients_get_xml_unless_they_ask_for_json(ask):
    for accept in ("", "*/*", "application/xml", "application/xml, application/json", "application/atom+xml"):
        answer = ask("$metadata", accept=accept)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/xml; charset=utf-8"
        assert answer["OData-Version"] == "4.0"
        assert ElementTree.fromstring(answer.content).tag == f"{EDMX}Edmx"
    for answer in (ask("$metadata", accept="application/json"), ask("$metadata?$format=json")):
        assert answer.json()["$EntityContainer"] == "Microsoft.NAV.NAV"


def test_the_schema_version_decides_on_enumerations(ask):
    assert b"<EnumType" not in ask("$metadata?$schemaversion=1.0").content
    assert b"<EnumType" in ask("$metadata?$schemaversion=2.0").content
    assert b"<EnumType" in ask("$metadata?schemaversion=2.1").content
    refused = ask("$metadata?$schemaversion=3.0")
    assert refused.status_code == 400
    assert refused.json()["error"]["target"] == "$schemaversion"


def test_metadata_is_only_read(client, world):
    client.force_login(world.by)
    assert client.post("/api/v2.0/$metadata").status_code == 405


def test_nobody_reads_it_without_logging_in(client, world):
    assert client.get("/api/v2.0/$metadata").status_code == 401


def test_answers_name_their_place_in_it(ask, world):
    """An OData client finds the entity's own address by the context: within its company."""
    company = ask("companies").json()["value"][0]["id"]
    context = ask(f"companies({company})/paymentTerms").json()["@odata.context"]
    assert context.endswith(f"/api/v2.0/$metadata#companies({company})/paymentTerms")


def test_people_find_captions_in_their_language(ask):
    found = {each["entitySetName"]: each for each in ask("entityDefinitions").json()["value"]}
    terms = found["paymentTerms"]
    assert terms["entityName"] == "paymentTerm"
    properties = {each["name"]: each["captions"] for each in terms["properties"]}
    by_language = {each["languageCode"]: each["caption"] for each in properties["displayName"]}
    assert by_language[1033] == "Description"
    with translation.override("nl"):
        assert by_language[1043] == translation.gettext("Description")
    states = {each["name"] for each in found["salesOrders"]["enumMembers"]}
    assert {"Draft", "In_x0020_Review", "Open"} <= states
