"""From typed text to a customer."""

import pytest

from customers.models import Customer
from customers.resolve import resolve, within_distance


@pytest.fixture
def known(db):
    rows = [
        ("C1", "Adatum Corporation", "Oslo", ""),
        ("C2", "Adventure Works", "Bergen", "Ada Lovelace"),
        ("C3", "Fabrikam", "Oslo", ""),
        ("C4", "fabrikam", "Gent", ""),
    ]
    for number, name, city, contact in rows:
        Customer.objects.create(number=number, name=name, city=city, contact=contact)


def numbers(text: str) -> list[str]:
    found = resolve(text)
    return [found.customer.number] if found.customer else [candidate.number for candidate in found.candidates]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C2", ["C2"]),
        ("c2", ["C2"]),
        ("Fabrikam", ["C3"]),
        ("FABRIKAM", ["C3", "C4"]),
        ("adventure", ["C2"]),
        ("Ad", ["C1", "C2"]),
        ("oslo", ["C1", "C3"]),
        ("lovelace", ["C2"]),
        ("Adatun Corporatian", ["C1"]),
        ("Nobody", []),
        ("", []),
    ],
)
def test_steps(known, text, expected):
    assert numbers(text) == expected


def test_nobody_offers_to_make_one(known):
    assert resolve("Nobody").may_create
    assert not resolve("oslo").may_create


def test_who_opted_out_is_found_by_number_only(known):
    Customer.objects.filter(number="C2").update(disable_search_by_name=True)
    assert numbers("C2") == ["C2"]
    assert numbers("adventure") == []


@pytest.mark.parametrize(
    ("one", "other", "allowed", "expected"),
    [
        ("kitten", "sitting", 3, True),
        ("kitten", "sitting", 2, False),
        ("", "ab", 2, True),
        ("abc", "abc", 0, True),
    ],
)
def test_distance(one, other, allowed, expected):
    assert within_distance(one, other, allowed) is expected
