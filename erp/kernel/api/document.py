"""/api/openapi.json and /api/openapi.yaml: for all who may log in. It holds no data, yet tells what there is."""

from functools import lru_cache

from django.http import HttpResponse
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from erp.kernel.api.door import AnyForm
from erp.kernel.api.errors import api_error_of, body_of, new_request_id
from erp.kernel.api.json import dumps
from erp.kernel.api.openapi.generator import document

FORMS = {"json": "application/json", "yaml": "application/yaml"}


class OpenApi(APIView):
    """The document as JSON or YAML."""

    permission_classes = (IsAuthenticated,)
    content_negotiation_class = AnyForm
    schema = None

    def get(self, request: Request, form: str) -> HttpResponse:
        response = HttpResponse(written(form), content_type=f"{FORMS[form]}; charset=utf-8")
        response["Cache-Control"] = "private, max-age=300"
        return response

    def handle_exception(self, exc: Exception) -> HttpResponse:
        error = api_error_of(exc)
        body = dumps(body_of(error, new_request_id()))
        return HttpResponse(body, status=error.status, content_type=FORMS["json"], headers=error.headers)


@lru_cache(maxsize=2)
def written(form: str) -> bytes:
    """The document's bytes; made once in each process."""
    if form == "json":
        return dumps(document()).encode()
    return OpenApiYamlRenderer().render(document(), renderer_context={})
