"""The one door of the API: takes an address apart, asks who may, and has the declared set read or written.

GET reads, POST makes one or acts, PATCH changes what the caller has seen (If-Match), DELETE removes. What is written
runs in one transaction, and once only under an `Idempotency-Key`.
"""

from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from erp.kernel.api import limits
from erp.kernel.api.address import Address, read_address
from erp.kernel.api.body import JSON_TYPES, take_body
from erp.kernel.api.errors import api_error_of, body_of, new_request_id, note
from erp.kernel.api.json import dumps
from erp.kernel.api.metadata import definitions, metadata
from erp.kernel.api.reader import Reader
from erp.kernel.api.work import KIND, shown
from erp.kernel.api.writer import Writer
from erp.kernel.changelog import acting_as
from erp.kernel.denied import name_request
from erp.kernel.faults import again
from erp.kernel.idempotency import hash_request, once
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import entity_set, entity_sets
from erp.kernel.odata.errors import ApiError, bad_url, missing, not_found

VERSION = "/api/v2.0"
WRITES = ("POST", "PATCH", "DELETE")


class AnyForm(BaseContentNegotiation):
    """Each answer has one form, whatever Accept says; $metadata alone has two, and chooses by itself."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Door(APIView):
    """Everything below /api/v2.0/."""

    permission_classes = (IsAuthenticated,)
    content_negotiation_class = AnyForm

    def initial(self, request: Request, *args, **kwargs) -> None:
        self.request_id = request.headers.get("client-request-id", "")[:64] or new_request_id()
        name_request(self.request_id)
        self.address: Address | None = None
        self.rate: limits.Rate | None = None
        super().initial(request, *args, **kwargs)

    def get(self, request: Request, path: str = "") -> HttpResponse:
        return self.answer(request, path)

    post = patch = delete = put = get

    def answer(self, request: Request, path: str) -> HttpResponse:
        """The answer to a request whose caller is known."""
        self.rate = limits.rate(request.user.pk, timezone.now())
        self.rate.refuse_beyond()
        with limits.gate(request.user.pk), acting_as(request.user):
            self.address = read_address(path)
            return self.act(request, self.address)

    def act(self, request: Request, address: Address) -> HttpResponse:
        """Do what is asked of an address."""
        if "\0" in request.path or any("\0" in text for text in request.query_params.values()):
            raise bad_url(_("An address has no null characters."))
        asking = asking_of(request)
        if address.special == "$batch":
            from erp.kernel.api.batch import batch

            take_body(request, types=JSON_TYPES | {"multipart/mixed"})
            return batch(self, request, address)
        check_company(address, asking, request)
        if request.method in WRITES and address.entities is not None:
            return self.write_once(request, address, asking)
        if request.method != "GET":
            raise ApiError(
                405, "BadRequest_MethodNotAllowed", _("{verb} is not offered.").format(verb=request.method)
            )
        if address.entities is None:
            return about(request, address, asking)
        return Reader(request, address, asking).answer()

    def write_once(self, request: Request, address: Address, asking: Asking) -> HttpResponse:
        """Write, once for each idempotency key; a repetition gets the first answer."""
        take_body(request, stream=bool(address.stream))
        key = request.headers.get("Idempotency-Key", "").strip()
        body = sha256(request.body).hexdigest()
        hashed = hash_request(method=request.method, path=request.get_full_path(), body=body)

        def work() -> dict[str, Any]:
            response = Writer(request, address, asking).answer()
            return {
                "status": response.status_code,
                "headers": dict(response.headers),
                "text": response.content.decode(),
            }

        def whole() -> dict[str, Any]:
            asking.begin()
            with transaction.atomic():
                operation = f"api {request.method} {address.entities.name}"[:100]
                return once(key=key, user=request.user, operation=operation, request_hash=hashed)(work)

        result = again(whole, has_key=bool(key))
        headers = dict(result["headers"])
        if not transaction.get_connection().in_atomic_block:  # in a group of a batch, nothing is certain yet
            for work in asking.afterwards:
                headers |= work()
        return HttpResponse(result["text"], status=result["status"], headers=headers)

    def handle_exception(self, exc: Exception) -> HttpResponse:
        request_id = getattr(self, "request_id", "") or new_request_id()
        address = getattr(self, "address", None)
        if isinstance(exc, NotAuthenticated | AuthenticationFailed):
            exc.auth_header = self.get_authenticate_header(self.request)
        error = api_error_of(exc, address.entities if address else None)
        note(error, exc, request_id, self.request)
        response = HttpResponse(dumps(body_of(error, request_id)), status=error.status, content_type=KIND)
        for name, value in error.headers.items():
            response[name] = value
        return response

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["OData-Version"] = "4.0"
        response["client-request-id"] = getattr(self, "request_id", "")
        response.setdefault("Cache-Control", "no-store")
        rate = getattr(self, "rate", None)
        for name, value in rate.headers.items() if rate else ():
            response[name] = value
        return response


def asking_of(request: Request) -> Asking:
    """Who asks, and how."""
    base = request.build_absolute_uri(VERSION)
    return Asking(
        user=request.user,
        at=timezone.now(),
        on=timezone.localdate(),
        scopes=None if request.auth is None else request.auth.scopes,
        extensions=request.headers.get("X-Extensions", "") == "1",
        base=base,
    )


def check_company(address: Address, asking: Asking, request: Request) -> None:
    """The company that is named must be ours; what belongs to one must name it."""
    companies = entity_set("companies")
    named = address.company or request.query_params.get("company") or request.headers.get("X-Company")
    if named:
        try:
            company = companies.find(asking, named)
        except ApiError:
            message = _("The company {company} does not exist.").format(company=named[:100])
            raise not_found(message, "Internal_CompanyNotFound")
        asking.base = f"{asking.base}/companies({company.uuid})"
    elif address.entities is not None and not address.entities.without_company:
        message = _("Name the company: …/companies(id)/{set}, ?company=name, or the header X-Company.")
        raise missing(message.format(set=address.entities.name), "company")


def about(request: Request, address: Address, asking: Asking) -> HttpResponse:
    """What the API says of itself."""
    if request.method != "GET":
        message = _("{verb} is not offered.").format(verb=request.method)
        raise ApiError(405, "BadRequest_MethodNotAllowed", message, headers={"Allow": "GET"})
    if address.special == "$metadata":
        return metadata(request, asking)
    return definitions(asking) if address.special else service(asking)


def service(asking: Asking) -> HttpResponse:
    """Which sets there are."""
    value = [{"name": each.name, "kind": "EntitySet", "url": each.name} for each in entity_sets()]
    return shown({"@odata.context": f"{asking.base}/$metadata", "value": value})
