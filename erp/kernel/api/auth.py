"""Who asks: a personal access token, a connected application, or a browser's session; and what is refused, is logged.

Each authentication sets `request.user`, whose permissions count as they do on pages, and `request.auth`: a `Grant`, or
None for a session, which is not narrowed by scopes. A request without any of them is anonymous: the door refuses it.
"""

import logging
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from erp.kernel.access_tokens import SHOWN, START, TokenRefused, find
from erp.kernel.api.oauth import find_oauth_token
from erp.kernel.api.scopes import allows, scope_for, within
from erp.kernel.denied import note

__all__ = [
    "Grant",
    "OAuthAuthentication",
    "SessionAuthentication",
    "TokenAuthentication",
    "log_denied",
    "may_use",
    "need_scope",
]

log = logging.getLogger("handel.access")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a request was let in with.

    name         of the token or the application, for logs: "token hdl_x7Qp", "application Web shop"
    scopes       what it is narrowed to
    is_machine   an application that acts by itself: no person asked for this
    """

    name: str
    scopes: frozenset[str]
    is_machine: bool = False


class NoBearer(TokenRefused):
    """A header that says Bearer, and no token after it."""

    template = _("Write the header as: Authorization: Bearer TOKEN.")


def may_use(auth: Grant | None, wanted: str) -> bool:
    """Whether the scopes of a request include the wanted one; a session is not narrowed."""
    return auth is None or allows(auth.scopes, wanted)


def need_scope(request: Request, wanted: str) -> None:
    """Go on with the wanted scope only.

    raises  PermissionDenied (403), after it was logged
    """
    if may_use(request.auth, wanted):
        return
    wanted = scope_for(wanted)
    log_denied(request, f"no scope {wanted}", user=request.user, name=request.auth.name)
    error = PermissionDenied(gettext("This takes the scope {scope}.").format(scope=wanted))
    error.auth_header = f'Bearer error="insufficient_scope", scope="{wanted}"'
    raise error


def log_denied(request: Request, why: str, *, user=None, name: str = "") -> None:
    """Note an attempt that was refused: who, with what, to do what, from where. No secret, no line of their own."""
    who = f"user {user.get_username()!a}" if user is not None and user.is_authenticated else "nobody known"
    what = f"{request.method} {escape_uri_path(request.path)}"
    log.warning("denied: %s; %s; %s; %s; from %s", why, who, name or "no token", what, _address(request))
    note(user=user, wanted=why, is_logged=True)


class _Bearer(BaseAuthentication):
    """`Authorization: Bearer …`; which texts are whose, the subclasses know."""

    def authenticate_header(self, request: Request) -> str:
        """What a refused client is told to come back with (RFC 6750)."""
        tried = getattr(request, "bearer_refused", False)
        return 'Bearer realm="Handel"' + (', error="invalid_token"' if tried else "")

    def refuse(self, request: Request, error: TokenRefused, name: str = "") -> None:
        """
        raises  AuthenticationFailed (401), after it was logged
        """
        request.bearer_refused = True
        log_denied(request, type(error).__name__, user=error.user, name=name)
        raise AuthenticationFailed(error.message, code=error.code)

    def text(self, request: Request) -> str | None:
        """The text of the token; None where there is none, or credentials of another kind."""
        kind, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        text = text.strip()
        if not text or " " in text:
            self.refuse(request, NoBearer())
        return text


class TokenAuthentication(_Bearer):
    """Personal access tokens; their texts begin with hdl_."""

    def authenticate(self, request: Request):
        text = self.text(request)
        if text is None or not text.startswith(START):
            return None
        name = f"token {text[:SHOWN]!a}"
        try:
            token = find(text, at=timezone.now())
        except TokenRefused as error:
            self.refuse(request, error, name)
        return token.user, Grant(name, frozenset(token.scopes))


class OAuthAuthentication(_Bearer):
    """Tokens of connected applications: a machine is its user, every other application the person who let it.

    The toolkit's own class would read body and query to find the token, and stumble over options that OData writes in
    ways which are no form; ours hands it the text of the header alone.
    """

    def authenticate(self, request: Request):
        text = self.text(request)
        if text is None or text.startswith(START):
            return None
        try:
            token, user = find_oauth_token(text, uri=request.build_absolute_uri(request.path))
        except TokenRefused as error:
            self.refuse(request, error, "OAuth token")
        application = token.application
        scopes = within(token.scope.split(), application.scopes)
        return user, Grant(f"application {application.name!a}", frozenset(scopes), application.is_machine)


def _address(request: Request) -> str:
    """Where the request comes from, past as many proxies as are trusted."""
    try:
        return get_adapter().get_client_ip(getattr(request, "_request", request)) or "unknown"
    except DjangoPermissionDenied:  # the proxies do not say
        return "unknown"
