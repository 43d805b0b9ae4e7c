"""Phone numbers, e-mail addresses, VAT numbers, GLN and IBAN."""

import pytest

from customers.validations import check_email, check_gln, check_iban, check_phone, check_vat_number


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("+47 22 00 00 00", []), ("(02) 555-01/2", []), ("", []), ("555-SHOP", ["E-CU-PHONE"])],
)
def test_phone(value, expected):
    assert codes(check_phone(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        ("a@example.com", []),
        ("a@example.com; b@example.com", []),
        ("a@example.com;nobody", ["E-CU-EMAIL"]),
        ("x;y", ["E-CU-EMAIL", "E-CU-EMAIL"]),
    ],
)
def test_email(value, expected):
    assert codes(check_email(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4006381333931", []),
        ("4006381333930", ["E-CU-GLN"]),
        ("400638133393", ["E-CU-GLNLEN"]),
        ("400638133393X", ["E-CU-GLNLEN"]),
        ("", []),
    ],
)
def test_gln(value, expected):
    assert codes(check_gln(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("DE89 3704 0044 0532 0130 00", []),
        ("DE88370400440532013000", ["E-CB-IBAN"]),
        ("NO9386011117947", []),
        ("12", ["E-CB-IBAN"]),
        ("", []),
        ("DE89-3704", ["E-CB-IBAN"]),
    ],
)
def test_iban(value, expected):
    assert codes(check_iban(value)) == expected


@pytest.mark.parametrize(
    ("value", "forms", "expected"),
    [
        ("de123456789", ["DE#########"], []),
        ("DE12345678", ["DE#########"], ["E-CU-VATFMT"]),
        ("NL123456789B01", ["NL#########B##"], []),
        ("NL123456789C01", ["NL#########B##"], ["E-CU-VATFMT"]),
        ("IE1234567WA", ["IE#######@", "IE#######@@"], []),
        ("FRX9123456789", ["FR??#########"], []),
        ("anything", [], []),
    ],
)
def test_vat_number(value, forms, expected):
    assert codes(check_vat_number(value, "XX", forms)) == expected


def test_the_message_lists_the_forms():
    problem = check_vat_number("DE1", "DE", ["DE#########"])[0]
    assert "DE#########" in problem.message
