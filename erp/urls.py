"""All addresses of Handel. Each room brings its own `urls.py`; a middleware answers `/healthz` (erp/health.py)."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from erp.kernel import paths  # noqa: F401
from erp.views.entries import entries
from erp.views.home import home

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}img/favicon.svg")),
    path("", home, name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("entries/<number:document_no>/", entries, name="entries"),
    path("", include("sales.urls")),
    path("", include("receivables.urls")),
    path("", include("inventory.urls")),
    path("", include("posting.urls")),
    path("admin/", admin.site.urls),
]
