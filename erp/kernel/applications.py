"""Connecting applications: who they are, whom they act as, and the secret that they prove it with.

    application, secret = register("Web shop", Kind.MACHINE, user=mette, scopes=["sales.orders.write"])
    secret = new_secret(application)      # the one before it opens nothing any more
    withdraw(application, user)           # a person takes back what the application was let do

Secrets are shown once and kept as a hash. Tokens are the toolkit's rows; a blocked application's are refused.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
    refresh_token_expire_timedelta,
)

from erp.kernel.errors import Problem, raise_problems
from erp.kernel.models.application import Application
from erp.kernel.models.user import User

Kind = Application.Kind
HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:]+")  # a name or a number, as policies and addresses write it
LOOPBACK = ("127.0.0.1", "::1")  # by number: a name may be made to lead elsewhere


def register(
    name: str,
    kind: Kind,
    *,
    scopes: Sequence[str],
    user: User | None = None,
    redirect_uris: Iterable[str] = (),
) -> tuple[Application, str]:
    """Let an application connect.

    user           whom a machine acts as; None for the other kinds
    redirect_uris  where the answers for persons go, each as it will be asked for, to the letter
    scopes         the most it may ask for, at least one
    returns        the application, and its secret, which cannot be had again; blank where it has none
    raises         ProblemsFound
    """
    uris = list(dict.fromkeys(redirect_uris))
    raise_problems(name, check(kind, scopes=scopes, user=user, redirect_uris=uris))
    client_type, grant_type = Application.GRANTS[kind]
    secret = generate_client_secret() if client_type == Application.CLIENT_CONFIDENTIAL else ""
    application = Application.objects.create(
        name=name,
        client_type=client_type,
        authorization_grant_type=grant_type,
        client_secret=secret or generate_client_secret(),  # one that nobody knows
        user=user,
        redirect_uris="\n".join(uris),
        scopes=list(scopes),
    )
    return application, secret


def change(
    application: Application,
    *,
    name: str,
    scopes: Sequence[str],
    user: User | None,
    redirect_uris: Iterable[str],
    blocked: bool,
) -> None:
    """Change what an application may; its kind stays. Less counts at once, for tokens given before as well.

    raises  ProblemsFound
    """
    uris = list(dict.fromkeys(redirect_uris))
    raise_problems(name, check(application.kind, scopes=scopes, user=user, redirect_uris=uris))
    application.name, application.scopes, application.blocked = name, list(scopes), blocked
    application.user, application.redirect_uris = user, "\n".join(uris)
    application.save(update_fields=["name", "scopes", "blocked", "user", "redirect_uris", "updated"])


@transaction.atomic
def new_secret(application: Application) -> str:
    """Give an application another secret. The old one, and every token that was given for it, open nothing now."""
    secret = generate_client_secret()
    application.client_secret = secret
    application.save(update_fields=["client_secret", "updated"])
    _end(Q(application=application))
    return secret


@transaction.atomic
def withdraw(application: Application, user: User) -> None:
    """End everything that an application was given to act for a person."""
    _end(Q(application=application, user=user))


def applications_of(user: User, *, at: datetime) -> QuerySet[Application]:
    """The applications that may act for this person now, with `since`: when they were last given a token; by name."""
    given = get_access_token_model().objects.filter(application=OuterRef("pk"), user=user)
    renewable = get_refresh_token_model().objects.filter(application=OuterRef("pk"), user=user, revoked=None)
    renewable = renewable.filter(access_token__expires__gt=at - refresh_token_expire_timedelta())
    persons = Application.objects.filter(authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE)
    let_in = persons.filter(Exists(given.filter(expires__gt=at)) | Exists(renewable))
    return let_in.annotate(since=Subquery(given.order_by("-created").values("created")[:1]))


def check(
    kind: Kind, *, scopes: Sequence[str], user: User | None, redirect_uris: Sequence[str]
) -> list[Problem]:
    """What is missing before an application can connect."""
    found = []
    if not scopes:
        found.append(Problem("E-APP-SCOPES", _("Choose at least one scope."), field="scopes"))
    if kind == Kind.MACHINE:
        if user is None:
            found.append(Problem("E-APP-USER", _("Choose the user that the machine acts as."), field="user"))
        if redirect_uris:
            message = _("A machine has no redirect addresses: nobody is sent back to it.")
            found.append(Problem("E-APP-URI", message, field="redirect_uris"))
        return found
    if user is not None:
        message = _("It acts for whoever lets it, so no user is chosen here.")
        found.append(Problem("E-APP-USER", message, field="user"))
    if not redirect_uris:
        message = _("Give at least one redirect address, where persons are sent back to.")
        found.append(Problem("E-APP-URI", message, field="redirect_uris"))
    message = _(
        "{address} is no redirect address. Write it as https://example.com/callback; without https only as"
        " http://127.0.0.1/callback, or with a scheme of the application's own, as com.example.app:/callback."
    )
    found += [
        Problem("E-APP-URI", message.format(address=uri), field="redirect_uris")
        for uri in redirect_uris
        if not is_redirect(uri)
    ]
    return found


def is_redirect(uri: str) -> bool:
    """RFC 9700 and RFC 8252: TLS, or the person's own machine, or a scheme named after a domain; no fragment."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname
        _port = parts.port
    except ValueError:
        return False
    if not uri.isascii() or not uri.isprintable() or any(letter in uri for letter in " #@*\\"):
        return False
    if parts.scheme in ("https", "http"):
        return bool(HOST.fullmatch(host or "")) and (parts.scheme == "https" or host in LOOPBACK)
    return "." in parts.scheme and not parts.netloc and parts.path.startswith("/")


def _end(which: Q) -> None:
    """Take away codes, tokens, and what they would be renewed with."""
    get_refresh_token_model().objects.filter(which).delete()
    get_access_token_model().objects.filter(which).delete()
    get_grant_model().objects.filter(which).delete()
