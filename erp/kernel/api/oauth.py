"""OAuth 2.0 in our words: which scopes there are for whom, as whom an application acts, and whose a token is."""

from types import SimpleNamespace

from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractAccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes

from erp.kernel.access_tokens import TokenOfNobody, TokenRefused
from erp.kernel.api.scopes import SCOPES, unknown, within
from erp.kernel.applications import is_redirect
from erp.kernel.models.application import Application
from erp.kernel.models.user import User


class OAuthTokenRefused(TokenRefused):
    """No token, an expired one, or one that is not for this address; the toolkit says which."""

    template = _("The access token is not valid. {why}")


class Scopes(BaseScopes):
    """An application asks for what it was registered with, or for less; where it asks for nothing, it gets it all."""

    def get_all_scopes(self) -> dict[str, str]:
        return SCOPES

    def get_available_scopes(self, application: Application | None = None, *args, **kwargs) -> list[str]:
        return list(SCOPES) if application is None else within(SCOPES, application.scopes)

    def get_default_scopes(self, application: Application | None = None, *args, **kwargs) -> list[str]:
        if application is None:
            return []
        missing = set(unknown(application.scopes))
        return [scope for scope in application.scopes if scope not in missing]


class Validator(OAuth2Validator):
    """The toolkit's rules, and three of ours: a machine acts as its user, who cannot log in gets no token, and nobody
    is sent to an address that could not have been registered, though only its port differs from one that was.
    """

    def validate_redirect_uri(self, client_id, redirect_uri, request, *args, **kwargs) -> bool:
        return is_redirect(redirect_uri) and super().validate_redirect_uri(
            client_id, redirect_uri, request, *args, **kwargs
        )

    def validate_code(self, client_id, code, client, request, *args, **kwargs) -> bool:
        return super().validate_code(client_id, code, client, request, *args, **kwargs) and _is_let_in(
            request
        )

    def validate_refresh_token(self, refresh_token, client, request, *args, **kwargs) -> bool:
        is_valid = super().validate_refresh_token(refresh_token, client, request, *args, **kwargs)
        return is_valid and _is_let_in(request)

    def _create_access_token(self, expires, request, token, source_refresh_token=None):
        if request.client.is_machine:
            request.user = request.client.user
        return super()._create_access_token(expires, request, token, source_refresh_token)

    def owner(self, text: str) -> User | None:
        """Whom the token with this text acts as; None where there is no such token, or it is of no use any more."""
        token = self._load_access_token(text)
        return None if token is None else holder(token)


def find_oauth_token(text: str, *, uri: str) -> tuple[AbstractAccessToken, User]:
    """The live token with this text, and as whom it acts.

    uri     address that was asked for, without its query: tokens may be for some addresses alone (RFC 8707)
    raises  OAuthTokenRefused, TokenOfNobody
    """
    asked = SimpleNamespace(uri=uri, oauth2_error={})
    if not Validator().validate_bearer_token(text, [], asked):
        raise OAuthTokenRefused(why=asked.oauth2_error.get("error_description", ""))
    user = holder(asked.access_token)
    if user is None:
        raise TokenOfNobody
    return asked.access_token, user


def holder(token: AbstractAccessToken) -> User | None:
    """Whom a token acts as, a machine's as the user that it has now; None where they cannot log in any more."""
    application = token.application
    if application is None or not application.is_usable(None):
        return None
    user = application.user if application.is_machine else token.user
    return user if user is not None and user.is_active else None


def _is_let_in(request) -> bool:
    return request.user is not None and request.user.is_active
