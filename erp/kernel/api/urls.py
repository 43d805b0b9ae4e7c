"""Addresses of the API: everything below /api/v2.0/ goes to the door; beside it stands what describes it."""

from django.urls import path, re_path

from erp.kernel.api.document import OpenApi
from erp.kernel.api.door import Door

urlpatterns = [
    re_path(r"^api/openapi\.(?P<form>json|yaml)$", OpenApi.as_view(), name="openapi"),
    path("api/v2.0", Door.as_view(), name="api-root"),
    re_path(r"^api/v2\.0/(?P<path>.*)$", Door.as_view(), name="api"),
]
