"""Which sets can be followed, where clients of Business Central look for it (source: api-v2, 12.11)."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from erp.kernel.api import limits
from erp.kernel.api.auth import need_scope
from erp.kernel.api.errors import api_error_of, body_of, new_request_id
from erp.kernel.api.json import dumps
from erp.kernel.api.work import KIND, shown
from erp.kernel.odata.errors import not_found
from integration.webhooks.resources import FOLLOWED, company_id, readable_by


class WebhookSupportedResources(APIView):
    """GET /api/microsoft/runtime/beta/companies({id})/webhookSupportedResources: what the caller may follow."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request, company) -> HttpResponse:
        limits.rate(request.user.pk, timezone.now()).refuse_beyond()
        need_scope(request, "webhooks.read")
        if company != company_id():
            raise not_found(f"companies({company})", "Internal_CompanyNotFound")
        readable = readable_by(request.user)
        value = [
            {"resource": name, **({} if each.is_classic else {"notificationFormat": "v2"})}
            for name, each in sorted(FOLLOWED.items())
            if name in readable
        ]
        context = request.build_absolute_uri(request.path).partition("/companies(")[0]
        return shown({"@odata.context": f"{context}/$metadata#webhookSupportedResources", "value": value})

    def handle_exception(self, exc: Exception) -> HttpResponse:
        error = api_error_of(exc)
        body = dumps(body_of(error, new_request_id()))
        return HttpResponse(body, status=error.status, content_type=KIND, headers=error.headers)
