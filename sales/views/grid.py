"""The lines of a document as the grid saves them; and what it asks for without being in anybody's way."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Gone, Problem, ProblemsFound
from erp.kernel.views import may, refusal_of, work_date
from erp.kernel.views.grid import (
    Cell,
    Column,
    New,
    Sheet,
    choose_columns,
    columns_for,
    rows_now,
    save,
)
from erp.kernel.views.json import problems_json, read_json
from inventory.models import Location, UnitOfMeasure
from sales.line_numbers import read_numbers
from sales.line_outlook import last_price, line_outlooks
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.routines.add_lines import add_lines
from sales.routines.change_line import change_line
from sales.routines.change_number import change_number
from sales.routines.discount import type_invoice_discount
from sales.routines.insert_lines import insert_lines, numbers_after
from sales.routines.lock import lock
from sales.routines.remove_line import remove_line
from sales.statistics_form import DiscountForm
from sales.values import SalesValues
from sales.views.finding import document_or_404, line_or_404
from sales.views.fulfilment import tell_lines
from sales.views.grid_table import FIGURES, PREFERENCE, columns_of, next_type, row_of, typed_in_grid
from sales.views.page import Rights
from sales.views.totals import totals_context

CODES = {"location_code": Location, "unit_code": UnitOfMeasure}
# What a line is given when it is added; anything else is typed into it afterwards.
AT_ONCE = frozenset(NewLine._fields)
ZERO = Decimal(0)


@require_POST
@may("sales.view_salesdocument")
def lines_save(request: HttpRequest, type: str, number: str) -> JsonResponse:
    """POST {key, rows: [{row, after?, remove?, fields: {name: {old, new}}}]}: see `erp.kernel.views.grid`."""
    try:
        sheet = LineSheet(request, document_or_404(type, number))
        sent = read_json(request)
        rows = save(sheet, sent, user=request.user, operation="sales.save_lines", type=type, number=number)
    except Http404:
        return problems_json(_gone(type, number))
    except ErpError as error:
        return problems_json(error)
    return JsonResponse({"rows": rows, "parts": {}})


@may("sales.view_salesdocument")
def lines_facts(request: HttpRequest, type: str, number: str) -> JsonResponse:
    """What follows from the lines: the figures under them, and what the stock says to each."""
    document = document_or_404(type, number)
    lines = list(document.lines.select_related("item").order_by("line_no"))
    outlooks = line_outlooks(document, lines, on=work_date(request))
    cells = {str(line_no): outlook.as_json() for line_no, outlook in outlooks.items()}
    return JsonResponse({"parts": _parts(request, document, lines), "cells": {"availability": cells}})


@require_POST
@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.change_salesline")
def lines_discount(request: HttpRequest, type: str, number: str) -> JsonResponse:
    """POST {"amount": "25"}: the invoice discount of the whole document, as somebody types it under the lines."""
    try:
        document = document_or_404(type, number)
        form = DiscountForm({"inv_discount": read_json(request).get("amount")})
        if not form.is_valid():
            return problems_json(refusal_of(form).problems)
        values = SalesValues.load(document.currency_code)
        amount = form.cleaned_data["inv_discount"]
        lines = type_invoice_discount(document, amount, values=values, at=timezone.now(), by=request.user)
    except Http404:
        return problems_json(_gone(type, number))
    except ErpError as error:
        return problems_json(error)
    return JsonResponse({"parts": _parts(request, document_or_404(type, number), lines)})


def _parts(request: HttpRequest, document: SalesDocument, lines: Sequence[SalesLine]) -> dict[str, str]:
    context = totals_context(document, lines, Rights(request.user, document))
    return {"totals": render_to_string("sales/document/_totals.html", context, request)}


def _gone(type: str, number: str) -> Gone:
    return Gone(document=f"{SalesDocument(type=type).get_type_display()} {number}")


@may("sales.view_salesdocument", "sales.view_salesinvoice")
def line_last_price(request: HttpRequest, type: str, number: str, line_no: int) -> JsonResponse:
    """What this customer paid last for what the line sells, in words."""
    document = document_or_404(type, number)
    return JsonResponse({"text": last_price(document, line_or_404(document, line_no))})


@require_POST
@may("sales.view_salesdocument")
def lines_columns(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Keep which columns a user wants to see on documents of this type, and where Enter stops."""
    document = document_or_404(type, number)
    shown = set() if "reset" in request.POST else set(request.POST.getlist("shown"))
    columns = columns_of(document)
    shown |= {column.name for column in columns if column.fixed} if shown else set()
    choose_columns(
        request.user,
        PREFERENCE.format(type=document.type),
        columns,
        shown=shown,
        quick=set(request.POST.getlist("quick")),
    )
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("sales:document", type, number)


class LineSheet(Sheet):
    """The lines of one document."""

    def __init__(self, request: HttpRequest, document: SalesDocument):
        self.request, self.user, self.document = request, request.user, document
        self.rights = Rights(request.user, document)
        self.columns = columns_of(document)
        self.at, self.on = timezone.now(), work_date(request)

    @cached_property
    def shown(self) -> list[Column]:
        return columns_for(self.user, PREFERENCE.format(type=self.document.type), self.columns)

    @cached_property
    def values(self) -> SalesValues:
        return SalesValues.load(self.document.currency_code)

    @cached_property
    def codes(self) -> dict[str, dict[str, str]]:
        """Codes of places and units as they are written, by their capitals."""
        return {
            name: {code.upper(): code for code in model._default_manager.values_list("code", flat=True)}
            for name, model in CODES.items()
        }

    def lock(self) -> None:
        self.document = lock(self.document.pk)
        self.rights = Rights(self.user, self.document)

    def state(self) -> dict[str, tuple]:
        names = [column.name for column in self.shown if column.name != "availability"]
        rows = SalesLine.objects.filter(document=self.document).order_by("line_no")
        return {str(row[0]): row for row in rows.values_list("line_no", "quantity_cancelled", *names)}

    def find(self, ids: Collection[str]) -> dict[str, SalesLine]:
        numbers = [int(id) for id in ids if id.isascii() and id.isdecimal() and len(id) < 10]
        lines = self.document.lines.filter(line_no__in=numbers).order_by("line_no")
        found = {str(line.line_no): line for line in lines}
        for line in found.values():
            line.document = self.document
        return found

    def value(self, record: SalesLine, name: str) -> Any:
        return getattr(record, name) if name != "availability" else ""

    def cells(self, ids: Collection[str]) -> dict[str, dict[str, Cell]]:
        lines = self.find(ids)
        tell_lines(self.document, lines.values())
        shown = {id: dict(row_of(line, self.shown, self.rights).cells) for id, line in lines.items()}
        for cells in shown.values():
            cells.pop("availability", None)  # comes later, by itself
        return shown

    def add(self, rows: Sequence[New], *, after: str | None) -> dict[str, str | list[Problem]]:
        if not self.user.has_perms(["sales.change_salesdocument", "sales.add_salesline"]):
            return {each.row: [_no_right(_("add lines"))] for each in rows}
        results: dict[str, str | list[Problem]] = {}
        waiting: list[tuple[New, NewLine]] = []
        for each, new in self._new_lines(rows):
            if isinstance(new, NewLine):
                waiting.append((each, new))
            else:
                results[each.row] = [new]
        while waiting:
            refused, lines = self._put(waiting, after)
            results |= refused
            if lines:
                results |= {
                    each.row: str(line.line_no) for (each, _new), line in zip(waiting, lines, strict=True)
                }
                break
            waiting = [pair for pair in waiting if pair[0].row not in refused]
        return results

    def _put(
        self, wanted: list[tuple[New, NewLine]], after: str | None
    ) -> tuple[dict[str, list[Problem]], list[SalesLine]]:
        """Add all of them; or none, and say what is wrong with which."""
        last = self.document.lines.order_by("-line_no").values_list("line_no", flat=True).first() or 0
        above = int(after) if after and after.isdecimal() else (0 if after == "" else last)
        about = {"by": self.user, "at": self.at, "on": self.on, "values": self.values}
        news = [new for _each, new in wanted]
        by_line: dict[int, str] = {}
        try:
            with transaction.atomic():
                numbers = numbers_after(self.document, max(above, 0), len(news))
                by_line = {line_no: each.row for line_no, (each, _new) in zip(numbers, wanted, strict=True)}
                if above >= last:
                    lines = add_lines(self.document, news, **about)
                else:
                    lines = insert_lines(self.document, news, after=above, **about)
                self._type_rest(wanted, lines)
        except ErpError as error:
            return _by_row(error, by_line) or {each.row: list(error.problems) for each, _new in wanted}, []
        return {}, lines

    def _new_lines(self, rows: Sequence[New]) -> list[tuple[New, NewLine | Problem]]:
        types = {each.row: self._type_of(each) for each in rows}
        texts = [(types[each.row], each.values.get("number") or "") for each in rows]
        numbers = read_numbers(texts, customer_no=self.document.customer_number)
        made: list[tuple[New, NewLine | Problem]] = []
        for each, (type, text) in zip(rows, texts, strict=True):
            if not text and type != LineType.COMMENT and not self.document.free_text:
                message = _("Type the number of what is sold, or a text as the description.")
                made.append((each, Problem("E-NO-NUMBER", message, field="number")))
                continue
            named = numbers.of(type, text) if text else {}
            if isinstance(named, Problem):
                made.append((each, named))
                continue
            given = {
                name: value for name, value in each.values.items() if name in AT_ONCE and value is not None
            }
            made.append((each, NewLine(**{**self._spelled(given), "type": type, "number": "", **named})))
        return made

    def _type_of(self, new: New) -> str:
        """What was chosen; a text without a number is a comment; else what was sold last."""
        typed = new.values.get("type")
        if typed:
            return typed
        if not new.values.get("number") and new.values.get("description") and not new.values.get("quantity"):
            return LineType.COMMENT
        if self.document.free_text:
            return LineType.GL_ACCOUNT
        return self._usual_type

    @cached_property
    def _usual_type(self) -> str:
        return next_type(self.document)

    def _spelled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Codes as they are written, whatever the case in which they were typed."""
        spelled = dict(values)
        for name in CODES.keys() & values.keys():
            if spelled[name]:
                spelled[name] = self.codes[name].get(spelled[name].upper(), spelled[name])
        for name in ("variant_code", "return_reason_code"):
            if spelled.get(name):
                spelled[name] = spelled[name].upper()
        return spelled

    def _type_rest(self, wanted: list[tuple[New, NewLine]], lines: Sequence[SalesLine]) -> None:
        """What a line is not given when it is made; raises ProblemsFound with all that is wrong with it."""
        problems = []
        for (each, _new), line in zip(wanted, lines, strict=True):
            rest = {
                name: value
                for name, value in each.values.items()
                if name not in AT_ONCE and value is not None
            }
            if not rest:
                continue
            line.document = self.document
            try:
                change_line(line, by=self.user, at=self.at, on=self.on, values=self.values, **rest)
            except ErpError as error:
                problems += [replace(problem, line_no=line.line_no) for problem in error.problems]
        if problems:
            raise ProblemsFound(problems)

    def change(self, record: SalesLine, values: Mapping[str, Any]) -> None:
        allowed = typed_in_grid(self.rights, record)
        typed = self._spelled(values)
        about = {"by": self.user, "at": self.at, "on": self.on, "values": self.values}
        if not self.rights.may_edit_lines and not typed.keys() <= allowed:
            raise ProblemsFound([_no_right(_("change this line"))])
        if typed.keys() & {"type", "number"}:
            record = change_number(record, self._renumbered(record, typed), **about)
            typed = {name: value for name, value in typed.items() if name not in AT_ONCE}
            record.document = self.document
        if typed:
            change_line(record, **about, **{name: _filled(name, value) for name, value in typed.items()})

    def _renumbered(self, line: SalesLine, typed: Mapping[str, Any]) -> NewLine:
        """The line as it is to be; it keeps its quantity where it goes on selling things of the same type."""
        type = typed.get("type", line.type)
        text = typed.get("number", line.number if type == line.type else "")
        given = {name: value for name, value in typed.items() if name in AT_ONCE and value is not None}
        if type == LineType.COMMENT:
            given.setdefault("description", line.description)
        elif type == line.type:
            given.setdefault("quantity", line.quantity)
        if not text and type != LineType.COMMENT:
            message = _("Type the number of what line {line_no} sells; or delete the line.")
            raise ProblemsFound(
                [Problem("E-NO-NUMBER", message.format(line_no=line.line_no), field="number")]
            )
        named = {}
        if text:
            named = read_numbers([(type, text)], customer_no=self.document.customer_number).of(type, text)
        if isinstance(named, Problem):
            raise ProblemsFound([named])
        return NewLine(**{**given, "type": type, "number": "", **named})

    def remove(self, record: SalesLine) -> None:
        if not self.user.has_perms(["sales.change_salesdocument", "sales.delete_salesline"]):
            raise ProblemsFound([_no_right(_("delete lines"))])
        remove_line(record, by=self.user, at=self.at)


def lines_now(request: HttpRequest, document: SalesDocument) -> list[dict]:
    """Every line of a document as its grid shows it, after something else than the grid has changed them."""
    numbers = document.lines.order_by("line_no").values_list("line_no", flat=True)
    return rows_now(LineSheet(request, document), [str(number) for number in numbers])


def _by_row(error: ErpError, rows: Mapping[int, str]) -> dict[str, list[Problem]]:
    """Which problem is about which row."""
    found = defaultdict(list)
    for problem in error.problems:
        if problem.line_no in rows:
            name = "number" if problem.field in ("item_reference_no", None) else problem.field
            found[rows[problem.line_no]].append(replace(problem, field=name))
    return dict(found)


def _filled(name: str, value: Any) -> Any:
    """A blank figure is nothing; a blank day is none."""
    return ZERO if value is None and name in FIGURES else value


def _no_right(what: str) -> Problem:
    return Problem("E-RIGHT", _("You may not {what}. Ask whoever manages the rights.").format(what=what))
