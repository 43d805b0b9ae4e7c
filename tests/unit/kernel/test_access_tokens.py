"""Personal access tokens: shown once, kept as a hash, found while they live."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from erp.kernel.access_tokens import (
    LONGEST_LIFE,
    STANDARD_LIFE,
    ExpiredToken,
    RevokedToken,
    TokenLife,
    TokenOfNobody,
    TokenWithoutScopes,
    UnknownToken,
    find,
    issue,
    live,
    revoke,
)
from erp.kernel.changelog import ChangeLogEntry
from erp.kernel.models import AccessToken, User

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mette(db) -> User:
    return User.objects.create_user("mette")


@pytest.fixture
def given(mette):
    return issue(mette, "Export", ["sales.orders.read"], expires_at=AT + STANDARD_LIFE, at=AT)


def test_a_token_is_given_once_and_only_its_hash_is_kept(given):
    token, plain = given
    assert plain.startswith("hdl_") and len(plain) == 47
    assert token.prefix == plain[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM kernel_accesstoken t")
        ((row,),) = cursor.fetchall()
    assert plain not in row and plain[8:] not in row
    logged = " ".join(f"{entry.before} {entry.after}" for entry in ChangeLogEntry.objects.all())
    assert "Export" in logged and token.hashed not in logged and plain not in logged


def test_no_two_tokens_are_alike(given, mette):
    other = issue(mette, "Export", ["sales.orders.read"], expires_at=AT + STANDARD_LIFE, at=AT)
    assert other[1] != given[1] and other[0].hashed != given[0].hashed


def test_the_text_finds_the_token_and_its_user(given, mette):
    found = find(given[1], at=AT)
    assert (found.user, found.scopes) == (mette, ["sales.orders.read"])


@pytest.mark.parametrize(
    "change", [str.swapcase, lambda text: text[:-1], lambda text: text + "a", lambda _t: "hdl_"]
)
def test_any_other_text_finds_nothing(given, change):
    with pytest.raises(UnknownToken) as refusal:
        find(change(given[1]), at=AT)
    assert (refusal.value.code, refusal.value.status) == ("Authentication_InvalidCredentials", 401)


def test_the_hash_itself_opens_nothing(given):
    with pytest.raises(UnknownToken):
        find(given[0].hashed, at=AT)


def test_a_token_lives_until_it_expires(given):
    token, plain = given
    find(plain, at=token.expires_at - timedelta(seconds=1))
    with pytest.raises(ExpiredToken, match="2026-05-31") as refusal:
        find(plain, at=token.expires_at)
    assert refusal.value.user == token.user


def test_a_revoked_token_opens_nothing_and_stays_revoked(given, mette):
    token, plain = given
    assert revoke(token, at=AT)
    assert not revoke(token, at=AT + MINUTE)
    token.refresh_from_db()
    assert token.revoked_at == AT
    with pytest.raises(RevokedToken):
        find(plain, at=AT)
    assert not live(mette, at=AT).exists()


def test_the_token_of_somebody_who_cannot_log_in_opens_nothing(given, mette):
    User.objects.filter(pk=mette.pk).update(is_active=False)
    with pytest.raises(TokenOfNobody):
        find(given[1], at=AT)


def test_that_it_was_used_is_noted_once_a_minute(given):
    token, plain = given
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (90, 60)):
        find(plain, at=AT + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == AT + timedelta(seconds=noted)


def test_a_token_in_steady_use_costs_one_query(given, django_assert_num_queries):
    find(given[1], at=AT)
    with django_assert_num_queries(1):
        find(given[1], at=AT)


@pytest.mark.parametrize("life", [timedelta(0), -MINUTE, LONGEST_LIFE + MINUTE])
def test_every_token_expires_within_a_year(mette, life):
    with pytest.raises(TokenLife, match="365"):
        issue(mette, "Export", ["sales.orders.read"], expires_at=AT + life, at=AT)
    assert not AccessToken.objects.exists()


def test_a_token_is_for_something(mette):
    with pytest.raises(TokenWithoutScopes):
        issue(mette, "Export", [], expires_at=AT + STANDARD_LIFE, at=AT)


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"expires_at": AT}])
def test_the_database_refuses_what_must_never_be(given, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessToken.objects.update(**wrong)


def test_live_tokens_are_those_that_open_something(given, mette):
    token, _plain = given
    issue(mette, "Short", ["items.read"], expires_at=AT + MINUTE, at=AT)
    assert [each.name for each in live(mette, at=AT)] == ["Short", "Export"]
    assert [each.name for each in live(mette, at=AT + MINUTE)] == ["Export"]
    assert token.is_live(AT) and not token.is_live(token.expires_at)
