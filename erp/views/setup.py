"""Set-up: what is missing first, then every table, and the proof that no posted number is."""

from typing import NamedTuple

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from erp.guide import steps
from erp.kernel.views import may, work_date
from sales.number_ranges import number_ranges


class Table(NamedTuple):
    name: str
    url: str


@may("posting.view_generalledgersetup")
def setup_page(request: HttpRequest) -> HttpResponse:
    """What a company still has to set up, and all the tables there are, by room."""
    found = steps(on=work_date(request))
    context = {
        "missing": [(step, _address(step.page, request.user)) for step in found if not step.is_done],
        "done": [(step, _address(step.page, request.user)) for step in found if step.is_done],
        "count": len(found),
        "rooms": _rooms(request) if request.user.is_staff else [],
    }
    return render(request, "setup/page.html", context)


@may("posting.view_generalledgersetup", "sales.view_salesinvoice")
def number_gaps(request: HttpRequest) -> HttpResponse:
    """Every range of posted numbers, with the gaps that it has."""
    ranges = [(each, each.paper._meta.verbose_name_plural) for each in number_ranges()]
    whole = all(each.is_whole or each.shared for each, _name in ranges)
    return render(request, "setup/number_gaps.html", {"ranges": ranges, "whole": whole})


def _address(page: str, user) -> str:
    """The page that mends a step; blank for who may not open it."""
    if not page or not user.is_staff:
        return ""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _rooms(request: HttpRequest) -> list[tuple[str, list[Table]]]:
    """The tables that this user may open, by room."""
    rooms = []
    for room in admin.site.get_app_list(request):
        tables = [
            Table(str(model["name"]), model["admin_url"])
            for model in room["models"]
            if model.get("admin_url")
        ]
        if tables:
            rooms.append((str(room["name"]), tables))
    return rooms
