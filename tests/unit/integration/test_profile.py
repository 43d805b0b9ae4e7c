"""Profiles that cannot be understood, each with the place and what was expected there."""

import pytest

from integration.imports.errors import ProfileError
from integration.imports.profile import OWN_PROFILES, load_profile, parse_profile
from integration.imports.targets import TARGETS

PROFILE = """
name: small
files:
  agents: {path: agents.csv}
  orders: {path: orders.csv}
sections:
  - to: shipping_agents
    from: agents
    fields: {code: Id, name: Name}
"""
DOCUMENTS = """
name: small
files:
  orders: {path: orders.csv}
  lines: lines.csv
sections:
  - to: documents
    from: orders
    fields: {type: {value: order}, external_document_no: Id, customer: Who, date: On}
    lines:
      - from: lines
        match: {Order: Id}
        fields: {number: Item, quantity: Count}
    steps:
      - do: release
"""


def refusal(text: str) -> str:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, file="p.yaml")
    return caught.value.message


def test_small_profiles_are_understood():
    profile = parse_profile(PROFILE)
    assert [section.name for section in profile.sections] == ["shipping_agents"]
    assert profile.sections[0].columns == {
        "agents": {"Id": "sections[1].fields.code", "Name": "sections[1].fields.name"}
    }
    documents = parse_profile(DOCUMENTS)
    assert documents.files["lines"].path == "lines.csv"
    assert [step.verb for step in documents.sections[0].steps] == ["release"]


def test_the_profiles_that_come_along_are_understood():
    for path in OWN_PROFILES.glob("*.yaml"):
        assert load_profile(path).sections


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "name: small",
            "nam: small",
            "p.yaml, line 2, nam: nam is not known here. Did you mean name?",
        ),
        ("name: small\n", "", "p.yaml, line 2, top: name is missing here"),
        ("name: small", "name: [a]", "p.yaml, line 2, name: one text is expected here, not a list"),
        ("name: small", "name: small\nname: other", "p.yaml, line 3, name: name is said twice"),
        (
            "to: shipping_agents",
            "to: carriers",
            "line 7, sections[1].to: carriers is not known here. Expected: sales",
        ),
        ("from: agents", "from: agent", "sections[1].from: agent is not known here. Did you mean agents?"),
        ("code: Id, ", "", "sections[1].fields: code is missing here"),
        ("name: Name", "nmae: Name", "sections[1].fields.nmae: nmae is not known here. Did you mean name?"),
        ("name: Name", "name: [Name]", "sections[1].fields.name: one value is expected here, not a list"),
        (
            "path: agents.csv",
            "path: ../agents.csv",
            "files.agents.path: a path inside the folder is expected here",
        ),
        (
            "path: agents.csv",
            "path: /etc/passwd",
            "files.agents.path: a path inside the folder is expected here",
        ),
        (
            "path: agents.csv",
            "path: a.csv, delimiter: abc",
            "files.agents.delimiter: one sign is expected here",
        ),
        (
            "path: agents.csv",
            "path: a.csv, encoding: latin-99",
            "files.agents.encoding: latin-99 is no encoding",
        ),
        ("path: agents.csv", "path: a.csv, header: 0", "files.agents.header: a whole number from 1 up"),
        ("path: agents.csv", "path: a.csv, header: 2, columns: [a]", "either a header or columns named here"),
        (
            "path: agents.csv",
            "path: a.csv, optional: yes",
            "files.agents.optional: true or false is expected here",
        ),
        ("path: agents.csv", 'path: a.csv, thousands: "."', "decimal and thousands cannot be the same sign"),
        ("path: agents.csv", "path: a.csv, date: DDMMYY", "DDMMYY is no pattern of a whole date"),
        ("sections:", "sections: {}\nother:", "other is not known here"),
        ("    fields: {code", "    key: Id\n    fields: {code", "sections[1].key: key is not known here"),
        (
            "    fields: {code",
            "    steps: []\n    fields: {code",
            "sections[1].steps: steps is not known here",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old, new, sentence):
    assert old in PROFILE
    assert sentence in refusal(PROFILE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "do: release",
            "do: realease",
            "sections[1].steps[1].do: realease is not known here. Did you mean release?",
        ),
        (
            "external_document_no: Id, ",
            "",
            "say by what a record is known again: with the field external_document_no",
        ),
        ("        match: {Order: Id}\n", "", "sections[1].lines[1]: from and match go together"),
        ("customer: Who, ", "", "sections[1].fields: customer is missing here"),
        ("quantity: Count", "qty: Count", "sections[1].lines[1].fields.qty: qty is not known here"),
    ],
)
def test_what_is_wrong_with_documents(old, new, sentence):
    assert old in DOCUMENTS
    assert sentence in refusal(DOCUMENTS.replace(old, new, 1))


def test_two_sections_of_one_name_want_names():
    section = PROFILE[PROFILE.index("  - to:") :]
    assert "two sections are called shipping_agents; give each a name" in refusal(PROFILE + section)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "p.yaml: the profile is empty"),
        ("a: [b", "p.yaml, line 1: is not YAML"),
        ("- a", "p.yaml, line 1, top: a mapping of words is expected here, not a list"),
        ("name: x\nfiles: &f {a: *f}\nsections: []", "p.yaml"),
    ],
)
def test_texts_that_are_no_profile(text, sentence):
    assert sentence in refusal(text)


def test_scalars_are_what_they_look_like():
    text = PROFILE.replace(
        "name: Name", 'name: Name, tracking_url: {column: Id, map: {NO: 0815, on: off, "*": "*"}}'
    )
    mapping = parse_profile(text).sections[0].fields["tracking_url"].mapping
    assert mapping == {"NO": "0815", "on": "off", "*": "*"}


def test_every_target_is_explained():
    page = (OWN_PROFILES.parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
    for target in TARGETS.values():
        assert f"### {target.name}" in page
        for name in (*target.fields, *target.line_fields):
            assert f"`{name}`" in page, f"{target.name}: {name}"
