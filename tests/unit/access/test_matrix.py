"""Who may do what, by role and deed: the same through the routine, the page, the API and the command."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from erp.kernel.changelog import acting_as
from erp.kernel.denied import Channel, noting
from erp.kernel.errors import ErpError
from erp.kernel.models import DeniedAttempt, User
from tests.unit.access.deeds import DEEDS, Tries
from tests.world.api import Api, company_url

__all__ = ["company_url"]

with (Path(__file__).parent / "matrix.csv").open(encoding="utf-8") as file:
    MATRIX = {row.pop("deed"): row for row in csv.DictReader(file)}
ROLES = tuple(next(iter(MATRIX.values())))


def test_every_deed_of_the_matrix_is_tried():
    assert MATRIX.keys() == DEEDS.keys()


@pytest.mark.parametrize("deed", MATRIX)
def test_who_may(world, company_url, deed):
    tries = DEEDS[deed](world)
    people = {role: world.user(role.lower(), role=role) for role in ROLES}
    found, wanted = {}, {}
    for role, user in people.items():
        for door, may in through_every_door(tries, user, company_url):
            found[role, door] = may
            wanted[role, door] = MATRIX[deed][role] == "x"
    assert {key for key in found if found[key] and not wanted[key]} == set(), "let through"
    assert {key for key in found if wanted[key] and not found[key]} == set(), "refused"


def through_every_door(tries: Tries, user: User, company_url: str) -> Iterator[tuple[str, bool]]:
    """The doors that a deed has, and whether they let the user; each try is undone."""
    doors = {
        "routine": tries.routine and (lambda: _routine(tries, user)),
        "page": tries.page and (lambda: _page(tries, user)),
        "api": tries.api and (lambda: _api(tries, Api(user, company_url))),
        "command": tries.command and (lambda: _command(tries, user)),
    }
    for door, attempt in doors.items():
        if attempt:
            with transaction.atomic():
                may = attempt()
                noted = DeniedAttempt.objects.filter(user=user)
                assert may or noted.exists(), f"{door}: a denied attempt is noted"
                assert not (may and noted.exists()), f"{door}: what is allowed is not noted as denied"
                transaction.set_rollback(True)
            yield door, may


def _routine(tries: Tries, user: User) -> bool:
    """What else stands in the way is no matter of rights."""
    try:
        with noting(Channel.JOB), acting_as(user), transaction.atomic():
            tries.routine(user)
    except ErpError as error:
        return error.code != "E-PERM"
    return True


def _page(tries: Tries, user: User) -> bool:
    browser = Client()
    browser.force_login(user)
    address, typed = tries.page
    answer = browser.get(address) if typed is None else browser.post(address, typed)
    assert answer.status_code in (200, 302, 403, 409, 422), answer.status_code
    return answer.status_code != 403


def _api(tries: Tries, api: Api) -> bool:
    verb, path, body = tries.api
    answer = api.send(verb, path, body, {"If-Match": "*"})
    assert answer.status_code in (200, 201, 204, 403), answer.body
    assert (answer.status_code == 403) == (answer.code == "Authorization_RequestDenied")
    return answer.status_code != 403


def _command(tries: Tries, user: User) -> bool:
    try:
        call_command(*map(str, tries.command), "--user", user.username, stdout=StringIO())
    except CommandError as error:
        return "[E-PERM]" not in str(error)
    return True
