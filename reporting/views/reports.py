"""Reports: the list of them, and each with its parameters, on the page or as a file."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby, islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, refusal_of, work_date
from posting.models import GeneralLedgerSetup
from reporting import files
from reporting.catalogue import REPORTS, reports_for
from reporting.errors import TooLongToWaitFor
from reporting.models import ReportJob
from reporting.parameters import ReportForm, SpanForm
from reporting.report import Outcome, Report, Sums, as_seen_by, last_lines
from reporting.routines.request import request_report
from reporting.selectors.jobs import jobs_of

SHOWN = 500  # rows on the page; files have them all
AT_ONCE = 50_000  # rows that somebody can wait for


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every report that the user may see, with the question that it answers."""
    found = sorted(reports_for(request.user), key=lambda report: str(report.group))
    groups = [(group, list(reports)) for group, reports in groupby(found, key=lambda report: report.group)]
    context = {"groups": groups, "jobs": jobs_of(request.user)[:5]}
    return render(request, "reporting/index.html", context)


@login_required
def report_page(request: HttpRequest, key: str) -> HttpResponse:
    """A report: what is asked at the left, the answer at the right; or as a file with ?format=xlsx, csv or pdf."""
    report = _report(request, key)
    form = report.form.reading(request.GET.dict(), on=work_date(request))
    if not form.is_valid():
        is_first = not any(name in request.GET for name in form.fields)
        refusal = None if is_first else refusal_of(form)
        return _show(request, report, form, None, refusal=refusal)
    try:
        outcome = as_seen_by(report.make(_given(form)), request.user)
        format = request.GET.get("format", "")
        if format in files.TYPES:
            return _file(request, report, form, outcome, format)
        return _show(request, report, form, outcome)
    except ErpError as error:
        return _show(request, report, form, None, refusal=refusal_of(error))


@require_POST
@login_required
def report_background(request: HttpRequest, key: str) -> HttpResponse:
    """Make a file of the report while the user goes on working."""
    report = _report(request, key)
    form = report.form.reading(request.POST.dict(), on=work_date(request))
    if not form.is_valid():
        return _show(request, report, form, None, refusal=refusal_of(form))
    format = request.POST.get("format", "")
    try:
        job = request_report(
            key,
            title=_title(report, form),
            parameters=form.asked(),
            format=format if format in files.TYPES else files.XLSX,
            language=get_language() or "",
            on=form.on,
            by=request.user,
            at=timezone.now(),
        )
    except ErpError as error:
        return _show(request, report, form, None, refusal=refusal_of(error))
    return redirect("reporting:job", job.uuid)


def _report(request: HttpRequest, key: str) -> Report:
    report = REPORTS.get(key)
    if report is None:
        raise Http404
    if not report.is_for(request.user):
        raise PermissionDenied
    return report


def _given(form: ReportForm) -> dict[str, Any]:
    return {**form.cleaned_data, "today": form.on}


def _title(report: Report, form: ReportForm) -> str:
    """The report and what tells it from the next one: of whom, and of when."""
    told = [text for label, text in form.said() if label not in (str(_("Yes")),)]
    return f"{report.title} · {', '.join(told[:3])}" if told else str(report.title)


def _file(
    request: HttpRequest, report: Report, form: ReportForm, outcome: Outcome, format: str
) -> HttpResponse:
    company = GeneralLedgerSetup.objects.values_list("company_name", flat=True).first() or ""
    allowed = files.as_far_as_allowed(outcome, request.user)
    limited = replace(allowed, rows=files.no_more_than(allowed.rows, AT_ONCE, TooLongToWaitFor))
    file, _rows = files.write(report, limited, format, said=form.said(), company=company, at=timezone.now())
    name = files.file_name(report, form.asked(), format)
    return FileResponse(
        file, as_attachment=format != files.PDF, filename=name, content_type=files.TYPES[format]
    )


def _show(
    request: HttpRequest,
    report: Report,
    form: ReportForm,
    outcome: Outcome | None,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"report": report, "form": form, "refusal": refusal, "outcome": outcome}
    if isinstance(form, SpanForm):
        context["spans"] = [(label, _span(request, form, start, end)) for label, start, end in form.usual()]
    if outcome is not None:
        context |= _result(outcome)
        asked = form.asked()
        context["asked"] = asked
        context["address"] = f"{reverse('reporting:report', args=[report.key])}?{urlencode(asked)}"
        context["formats"] = [(value, label) for value, label in ReportJob.Format.choices]
    return render(request, "reporting/report.html", context, status=refusal.status if refusal else 200)


def _span(request: HttpRequest, form: ReportForm, start, end) -> str:
    """The address of the same report over other days."""
    kept = {name: value for name, value in request.GET.items() if name in form.fields and "\0" not in value}
    if not kept:
        kept = {name: value for name, value in form.data.items() if name in form.fields}
    return f"?{urlencode({**kept, 'start': start.isoformat(), 'end': end.isoformat()})}"


def _result(outcome: Outcome) -> Mapping[str, Any]:
    """The rows that fit on a page, and the sums of all of them."""
    sums = Sums(outcome.columns)
    rows = sums.passing(outcome.rows)
    shown = list(islice(rows, SHOWN))
    more = next(rows, None) is not None
    if more and outcome.totals is None:
        for _row in rows:
            pass
    return {
        "columns": outcome.columns,
        "lines": [files.cells_of(outcome.columns, row) for row in shown],
        "last_lines": [files.cells_of(outcome.columns, row) for row in last_lines(outcome, sums.sums)],
        "chart": outcome.chart() if shown else None,
        "is_cut": more,
        "shown": SHOWN,
    }
