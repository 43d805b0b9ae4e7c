"""The doors of OAuth 2.0: the toolkit's, with our page of consent, and refusals that are logged."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from oauth2_provider.views import AuthorizationView, IntrospectTokenView, TokenView
from rest_framework.authentication import get_authorization_header

from erp.kernel.api.auth import log_denied
from erp.kernel.api.oauth import Validator
from erp.kernel.models import Application


class ConsentView(AuthorizationView):
    """Asks a person whether an application may act for them, each time anew, and sends them back with the answer.

    RFC 6749 section 4.1 with PKCE (RFC 7636).
    """

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if target := _source(self.oauth2_data.get("redirect_uri") or ""):
            # Browsers hold the redirect after a form to the policy of the page that the form stands on.
            response._csp_update = {"form-action": [target]}
        return response

    def get_context_data(self, **kwargs) -> dict:
        target = _source(kwargs.get("redirect_uri") or "")
        return super().get_context_data(**kwargs) | {"target": target.rpartition("//")[2]}

    def error_response(self, error, application, **kwargs) -> HttpResponse:
        """The toolkit forgets which application it was about; its addresses say where errors may be sent."""
        client_id = self.request.GET.get("client_id", "").replace("\0", "")
        known = application or Application.objects.filter(client_id=client_id).first()
        return super().error_response(error, known, **kwargs)


class GiveTokenView(TokenView):
    """Gives tokens to applications, and notes those that were refused."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        if response.status_code >= 400:
            basic = get_authorization_header(request)[:5].lower() == b"basic"
            client = "by header" if basic else f"{request.POST.get('client_id', '')[:100]!a}"
            log_denied(request, "no token for an application", name=f"client {client}")
        return response


class TellAboutTokenView(IntrospectTokenView):
    """Tells an application whether a token opens anything (RFC 7662); in the body alone, which nobody logs."""

    http_method_names = ("post", "options")

    @staticmethod
    def get_token_response(token_value: str | None = None) -> JsonResponse:
        if token_value and Validator().owner(token_value) is None:
            return JsonResponse({"active": False})
        return IntrospectTokenView.get_token_response(token_value)


def _source(uri: str) -> str:
    """Where an address leads, as a policy names it: https://example.com:8443, or com.example.app: for a scheme."""
    parts = urlsplit(uri)
    if not parts.hostname:
        return f"{parts.scheme}:" if parts.scheme else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
