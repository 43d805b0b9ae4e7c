"""The words of a profile, one by one, on small tables."""

from datetime import date
from decimal import Decimal as D

import pytest

from integration.imports.errors import BadValue, ProfileError
from integration.imports.files import FileSpec, Row, Table
from integration.imports.formats import Formats
from integration.imports.profile.expressions import Grammar
from integration.imports.profile.node import read_yaml
from integration.imports.sources import Sources

MAPS = {
    "unit": {"st": "PCS", "kg": "KG"},
    "group": {"Norway": "DOM", "*": "EXP"},
    "same": {"a": "b", "*": "*"},
}


def tables(**rows):
    made = {}
    for name, cells in rows.items():
        table = Table(FileSpec(name, f"{name}.csv", formats=Formats(dates=("%d.%m.%Y",))))
        table.rows = [Row(table, number, row) for number, row in enumerate(cells, start=2)]
        made[name] = table
    return Sources(made)


ORDERS = [
    {
        "id": "1",
        "who": "ALFKI",
        "on": "01.03.2026",
        "net": "10.50",
        "vat": "2",
        "empty": None,
        "country": "Norway",
    },
    {"id": "2", "who": "", "on": None, "net": "x", "vat": "0", "empty": "", "country": "Peru"},
]
LINES = [
    {"order": "1", "item": "A", "count": "3", "open": ""},
    {"order": "1", "item": "B", "count": "4", "open": "yes"},
    {"order": "2", "item": "A", "count": "many", "open": ""},
]
CUSTOMERS = [
    {"code": "ALFKI", "name": "Alfred"},
    {"code": "TWIN", "name": "One"},
    {"code": "TWIN", "name": "Two"},
]
SOURCES = tables(orders=ORDERS, lines=LINES, customers=CUSTOMERS)


def grammar():
    return Grammar(("orders", "lines", "customers"), MAPS)


def value(text, row=0):
    expression = grammar().expression(read_yaml(text, "p.yaml"), "orders")
    return expression.of(SOURCES.rows("orders")[row], SOURCES).value


def holds(text, row=0):
    return (
        grammar().condition(read_yaml(text, "p.yaml"), "orders").holds(SOURCES.rows("orders")[row], SOURCES)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who", "ALFKI"),
        ("{column: net}", "10.50"),
        ("{value: PCS}", "PCS"),
        ("7", D(7)),
        ("0.6", D("0.6")),
        ("true", True),
        ("1996-07-01", date(1996, 7, 1)),
        ("{value: NO}", "NO"),
        ("{value: 0815}", "0815"),
        ('{template: "{who}/{id}"}', "ALFKI/1"),
        ('{template: "{empty}"}', None),
        ("{multiply: [net, 0.6], round: 0.01}", D("6.30")),
        ("{add: [net, vat, 1]}", D("13.50")),
        ("{subtract: [net, vat]}", D("8.50")),
        ("{divide: [net, vat]}", D("5.25")),
        ("{add: [empty, 1]}", None),
        ("{first: [empty, who]}", "ALFKI"),
        ("{column: empty, default: 30D}", "30D"),
        ("{column: empty, default: {column: who}}", "ALFKI"),
        ("{column: country, map: group}", "DOM"),
        ("{column: who, map: same}", "ALFKI"),
        ("{column: empty, map: unit}", None),
        ("{column: who, map: {ALFKI: 1}}", D(1)),
        ("{column: who, case: lower, cut: 3}", "alf"),
        ("{choose: [{if: {equals: [who, {value: X}]}, use: id}, {use: country}]}", "Norway"),
        ("{choose: [{if: {filled: empty}, use: id}]}", None),
        ("{lookup: {from: customers, match: {code: who}, take: name}}", "Alfred"),
        ("{lookup: {from: customers, match: {code: empty}, take: name}}", None),
        ("{lookup: {from: customers, match: {code: country}, take: name}, default: nobody}", "nobody"),
        ("{sum: {from: lines, match: {order: id}, of: count}}", D(7)),
        ("{sum: {from: lines, match: {order: id}, of: count, where: {filled: open}}}", D(4)),
        ("{count: {from: lines, match: {order: id}}}", D(2)),
    ],
)
def test_values(text, expected):
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "row", "column", "reason"),
    [
        ("{multiply: [net, 2]}", 1, "net", "is not a number like 1234.56"),
        ("{divide: [vat, vat]}", 1, "vat", "cannot be divided by zero"),
        ("{column: country, map: unit}", 1, "country", "is not in the map unit"),
        (
            "{lookup: {from: customers, match: {code: country}, take: name}}",
            1,
            "country",
            "no rows in customers.csv",
        ),
        (
            "{lookup: {from: customers, match: {code: {value: TWIN}}, take: name}}",
            0,
            "",
            "2 rows in customers.csv",
        ),
        (
            "{sum: {from: lines, match: {order: id}, of: count}}",
            1,
            "count",
            "in lines.csv, row 4: is not a number",
        ),
        ("{column: who, round: 0.01}", 0, "who", "is not a number"),
    ],
)
def test_values_that_cannot_be(text, row, column, reason):
    with pytest.raises(BadValue, match=reason) as caught:
        value(text, row)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("{filled: who}", True, False),
        ("{empty: who}", False, True),
        ("{equals: [country, {value: Peru}]}", False, True),
        ("{differs: [country, {value: Peru}]}", True, False),
        ("{one_of: [country, [Norway, Sweden]]}", True, False),
        ("{above: [vat, 1]}", True, False),
        ("{at_least: [vat, 2]}", True, False),
        ("{below: [vat, 1]}", False, True),
        ("{at_most: [vat, 0]}", False, True),
        ("{before: [on, 2026-03-02]}", True, False),
        ("{after: [on, 2026-03-01]}", False, False),
        ("{all: [{filled: who}, {above: [vat, 5]}]}", False, False),
        ("{any: [{filled: who}, {above: [vat, 5]}]}", True, False),
        ("{not: {filled: who}}", False, True),
    ],
)
def test_conditions(text, first, second):
    assert (holds(text), holds(text, 1)) == (first, second)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{colum: who}", "colum is not known here. Did you mean column? Expected: column, value"),
        ("{map: unit}", "one word must say where the value comes from"),
        ("{column: a, value: b}", "one word must say where the value comes from"),
        ("{column: a, map: units}", "units is not known here. Did you mean unit?"),
        ("{column: a, case: title}", "title is not known here. Expected: upper, lower"),
        ("{column: a, cut: 0}", "a whole number from 1 up is expected here"),
        ("{column: a, round: cents}", "what to round to is expected here"),
        ("{column: a, date: DD.MM}", "DD.MM is no pattern of a whole date"),
        ("{column: a, decimal: point}", "one sign is expected here"),
        ("{add: [1]}", "a list of at least two values"),
        ('{template: "{a"}', "columns stand in pairs of braces"),
        ("{lookup: {from: items, match: {a: b}, take: c}}", "items is not known here"),
        ("{lookup: {from: lines, take: c}}", "match is missing here"),
        ("{lookup: {from: lines, match: {}, take: c}}", "name at least one column of lines"),
        ("[a, b]", "one value is expected here, not a list"),
    ],
)
def test_words_that_nobody_knows(text, sentence):
    with pytest.raises(ProfileError) as caught:
        value(text)
    assert sentence in caught.value.message
    assert caught.value.message.startswith("p.yaml, line 1, ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{is: [a, b]}", "is is not known here"),
        ("{above: [a]}", "a list of two is expected here"),
        ("{filled: a, empty: b}", "one condition is expected here"),
    ],
)
def test_conditions_that_nobody_knows(text, sentence):
    with pytest.raises(ProfileError, match=sentence):
        holds(text)


def test_every_column_that_is_read_is_known_beforehand():
    wanted = grammar()
    text = '{first: [{lookup: {from: customers, match: {code: who}, take: name}}, {template: "{a} {b}"}]}'
    wanted.expression(read_yaml(text, "p.yaml"), "orders")
    assert {file: list(columns) for file, columns in wanted.columns.items()} == {
        "customers": ["code", "name"],
        "orders": ["who", "a", "b"],
    }
    assert wanted.columns["orders"]["a"] == "first[2].template"
