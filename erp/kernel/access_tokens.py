"""Personal access tokens: given out once, found by their hash, revoked.

    token, plain = issue(user, "Nightly export", ["sales.orders.read"], expires_at=at + STANDARD_LIFE, at=at)
    find(plain, at=at).user
    revoke(token, at=at)

The text of a token is a secret like a password, but with 256 random bits nobody guesses it: one round of SHA-256 is
enough to keep it, and finding it costs one look into an index.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError
from erp.kernel.models.token import AccessToken
from erp.kernel.models.user import User

START = "hdl_"
SHOWN = 8  # letters by which people recognize a token
STANDARD_LIFE, LONGEST_LIFE = timedelta(days=90), timedelta(days=365)
USE_NOTED_EVERY = timedelta(minutes=1)


class TokenRefused(ErpError):
    """Nobody is let in with this text. `user` says whose token it is, where that is known."""

    code, status = "Authentication_InvalidCredentials", 401
    template = _("The access token is not valid.")
    user: User | None = None


class UnknownToken(TokenRefused):
    """No token has this text."""


class ExpiredToken(TokenRefused):
    """The token's time is over."""

    template = _("The access token expired on {day}. Make a new one under My settings, Access tokens.")


class RevokedToken(TokenRefused):
    """Its user, or an administrator, took it back."""

    template = _("The access token was revoked.")


class TokenOfNobody(TokenRefused):
    """The user of the token cannot log in any more."""

    template = _("The user of the access token cannot log in.")


class TokenWithoutScopes(ErpError):
    """A token that opens nothing is of no use."""

    code, status = "E-TOKEN-SCOPES", 422
    template = _("Choose what the access token is for: it needs at least one scope.")


class TokenLife(ErpError):
    """A token must expire, within a year, and not before it is made."""

    code, status = "E-TOKEN-LIFE", 422
    template = _("An access token must expire within {days} days, and not in the past.")


def issue(
    user: User, name: str, scopes: Iterable[str], *, expires_at: datetime, at: datetime
) -> tuple[AccessToken, str]:
    """Make a token for a user.

    name        by which its user knows it, at most 60 characters
    scopes      names of scopes; that they exist is for the door to check
    expires_at  later than `at`, by a year at most; a token that lives for ever would outlive who made it
    returns     the row, and the text of the token, which cannot be had again
    raises      TokenWithoutScopes, TokenLife
    """
    wanted = list(dict.fromkeys(scopes))
    if not wanted:
        raise TokenWithoutScopes
    if not at < expires_at <= at + LONGEST_LIFE:
        raise TokenLife(days=LONGEST_LIFE.days)
    plain = START + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        user=user,
        name=name,
        prefix=plain[:SHOWN],
        hashed=_hash(plain),
        scopes=wanted,
        created_at=at,
        expires_at=expires_at,
    )
    return token, plain


def find(plain: str, *, at: datetime) -> AccessToken:
    """The live token with this text, and its user; that it was used now is noted, once a minute at most.

    raises  UnknownToken, RevokedToken, ExpiredToken, TokenOfNobody
    """
    hashed = _hash(plain)
    token = AccessToken.objects.select_related("user").filter(hashed=hashed).first()
    if token is None or not hmac.compare_digest(token.hashed, hashed):
        raise UnknownToken
    for is_so, refusal in (
        (token.revoked_at is not None, RevokedToken),
        (at >= token.expires_at, ExpiredToken),
        (not token.user.is_active, TokenOfNobody),
    ):
        if is_so:
            error = refusal(day=f"{token.expires_at:%Y-%m-%d}")
            error.user = token.user
            raise error
    _note_use(token, at)
    return token


def revoke(token: AccessToken, *, at: datetime) -> bool:
    """Take a token back for good; False where somebody did already."""
    return bool(AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at))


def live(user: User, *, at: datetime) -> QuerySet[AccessToken]:
    """The tokens of a user that open something, the newest first."""
    return AccessToken.objects.filter(user=user, revoked_at=None, expires_at__gt=at)


def _note_use(token: AccessToken, at: datetime) -> None:
    """Two requests at once write once: the second finds that the condition does not hold any more."""
    before = at - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= before:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=before)
        AccessToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
