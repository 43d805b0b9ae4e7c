"""The API as a client sees it, over HTTP, with the session of somebody who is logged in.

api.get("salesOrders?$top=1").body["value"]
made = api.post("customers", {"displayName": "Adatum"})        made.status_code, made.body, made["Location"]
api.patch(f"customers({id})", {"city": "Oslo"}, etag=made.body["@odata.etag"])
api.of(world.user("clerk", role="CLERK")).delete(f"customers({id})")
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

import erp.api  # noqa: F401 (it declares the sets)
from erp.kernel.models import User
from posting.models import GeneralLedgerSetup

VERSION = "/api/v2.0"


class Api:
    """A client of the API, for one user.

    base  where paths begin: the company; one that begins with "/" is taken as it is
    """

    def __init__(self, user: User, base: str):
        self.user, self.base = user, base
        self.client = Client()
        self.client.force_login(user)

    def of(self, user: User) -> "Api":
        """The same for somebody else."""
        return Api(user, self.base)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body if body is not None else {}, headers)

    def patch(self, path: str, body: Any, *, etag: str | None = "*", **headers: str) -> HttpResponse:
        """Change one; `etag` is sent as If-Match, None sends none."""
        return self.send("PATCH", path, body, headers if etag is None else {"If-Match": etag, **headers})

    def delete(self, path: str, *, etag: str | None = None, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, None, headers if etag is None else {"If-Match": etag, **headers})

    def send(self, verb: str, path: str, body: Any, headers: Mapping[str, str]) -> HttpResponse:
        """The answer; `answer.body` is its JSON (decimals as Decimal), `answer.code` the code of a refusal.

        headers  with underscores or hyphens: Prefer="…", X_Extensions="1", Idempotency_Key="…"
        """
        response = self.client.generic(
            verb,
            path if path.startswith("/") else f"{self.base}/{path}",
            body
            if isinstance(body, str | bytes)
            else json.dumps(body, default=str)
            if body is not None
            else b"",
            content_type="application/json",
            headers={name.replace("_", "-"): text for name, text in headers.items()},
        )
        text = response.getvalue()
        is_json = response.get("Content-Type", "").startswith("application/json")
        response.body = json.loads(text, parse_float=Decimal) if is_json and text else None
        error = (response.body or {}).get("error") if isinstance(response.body, dict) else None
        response.code = error["code"] if error else ""
        response.target = error["target"] if error else ""
        return response

    # Shorter ways to ask --------------------------------------------------------------------------------------------
    def rows(self, path: str, **headers: str) -> list[dict[str, Any]]:
        """The rows of the first page of a set; fails where it cannot be read."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.body
        return answer.body["value"]

    def one(self, path: str, **headers: str) -> dict[str, Any]:
        """One entity; fails where it cannot be read."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.body
        return answer.body

    def made(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """What a POST made; fails where it is refused."""
        answer = self.post(path, body, **headers)
        assert answer.status_code == 201, answer.body
        return answer.body

    def pages(self, path: str, **headers: str) -> list[list[dict[str, Any]]]:
        """Every page of a set, as its next links lead."""
        found, next_path = [], path
        while next_path:
            answer = self.one(next_path, **headers)
            found.append(answer["value"])
            link = urlsplit(answer.get("@odata.nextLink", ""))
            next_path = f"{link.path}?{link.query}" if link.path else ""
        return found


@pytest.fixture
def company_url(world) -> str:
    """Where the company of the stories is spoken to."""
    return f"{VERSION}/companies({GeneralLedgerSetup.objects.get().uuid})"


@pytest.fixture
def api(world, company_url) -> Api:
    """The API for one who may do everything."""
    return Api(world.by, company_url)
