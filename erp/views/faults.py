"""The page for what nobody foresaw, and for a database that gives up."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

from erp.kernel.faults import refusal_for


def fault(request: HttpRequest) -> HttpResponse:
    """409 or 503 with a code where the database is in trouble, else 500. Asks the database for nothing."""
    refusal = refusal_for(sys.exc_info()[1])
    if refusal is None:
        return server_error(request)
    response = render(None, "503.html", {"refusal": refusal}, status=refusal.status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = "5"
    return response
