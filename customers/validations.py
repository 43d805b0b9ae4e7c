"""Numbers and addresses that can be checked by themselves. Pure; each returns problems, none when all is well."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from customers import errors
from erp.kernel.errors import Problem

_SPACES = re.compile(r"\s")
_IBAN = re.compile(r"[A-Z]{2}[A-Z0-9]{4,32}")


def check_phone(value: str, *, field: str = "phone_no") -> list[Problem]:
    """E-CU-PHONE where a letter is in it."""
    if any(character.isalpha() for character in value):
        return [errors.PhoneHasLetters().as_problem(field=field)]
    return []


def check_email(value: str, *, field: str = "email") -> list[Problem]:
    """E-CU-EMAIL for each of the addresses, separated by semicolons, that is not one."""
    found = []
    for address in value.split(";") if value.strip() else ():
        try:
            validate_email(address.strip())
        except ValidationError:
            found.append(errors.NotAnEmail(value=address.strip() or value).as_problem(field=field))
    return found


def check_gln(value: str, *, field: str = "gln") -> list[Problem]:
    """E-CU-GLNLEN, E-CU-GLN. Source: GS1, check digit of 13-digit numbers."""
    if not value:
        return []
    digits = [character for character in value if character in "0123456789"]
    if len(value) != 13 or len(digits) != 13:
        return [errors.WrongGLNLength(count=len(digits)).as_problem(field=field)]
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
    if int(digits[12]) != (10 - weighted % 10) % 10:
        return [errors.WrongGLN(value=value).as_problem(field=field)]
    return []


def check_iban(value: str, *, field: str = "iban") -> list[Problem]:
    """E-CB-IBAN where the check digits do not fit. Source: ISO 13616, remainder 1 of 97."""
    iban = _SPACES.sub("", value).upper()
    if not iban:
        return []
    is_shaped = (
        6 <= len(iban) <= 34
        and iban.isascii()
        and iban.isalnum()
        and not iban[:2].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    )
    if is_shaped and int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1:
        return []
    return [errors.WrongIBAN(value=value).as_problem(field=field)]


def check_vat_number(
    value: str, country_code: str, formats: Iterable[str], *, field: str = "vat_registration_no"
) -> list[Problem]:
    """E-CU-VATFMT where the number fits none of a country's forms; no forms, and any number passes."""
    forms = list(formats)
    number = value.upper()
    if not number or not forms or any(fits(number, form) for form in forms):
        return []
    return [errors.WrongVATNumber(country=country_code, forms=", ".join(forms)).as_problem(field=field)]


def fits(number: str, form: str) -> bool:
    """Whether a number has a form: # a digit, @ a letter, ? any character, the rest as it stands."""
    return len(number) == len(form) and all(
        character in "0123456789"
        if wanted == "#"
        else character.isalpha()
        if wanted == "@"
        else wanted in ("?", character)
        for character, wanted in zip(number, form.upper(), strict=True)
    )
