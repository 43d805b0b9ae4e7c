"""Addresses of OAuth 2.0: those of the toolkit that we offer, under its own names, which it looks them up by."""

from django.urls import path
from oauth2_provider.views import OAuthServerMetadataView, RevokeTokenView

from erp.views.oauth import ConsentView, GiveTokenView, TellAboutTokenView

app_name = "oauth2_provider"

urlpatterns = [
    path(
        ".well-known/oauth-authorization-server",
        OAuthServerMetadataView.as_view(),
        name="oauth-server-metadata",
    ),
    path("oauth/authorize/", ConsentView.as_view(), name="authorize"),
    path("oauth/token/", GiveTokenView.as_view(), name="token"),
    path("oauth/revoke/", RevokeTokenView.as_view(), name="revoke-token"),
    path("oauth/introspect/", TellAboutTokenView.as_view(), name="introspect"),
]
