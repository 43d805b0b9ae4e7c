"""Lists of what documents left behind: posted papers, earlier versions, posting runs."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Round
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.fields import AmountField
from erp.kernel.listing import BulkAction, Column, Facts, Kind, Listing, View
from erp.kernel.views import may
from erp.kernel.views.listing import show_list
from sales.models import ArchivedDocument, PostingJob, PostingRun, SalesDocument
from sales.plans.archive_rules import ARCHIVED
from sales.views.lists.finding import find_papers
from sales.views.posted import KINDS
from sales.views.posted import Kind as PaperKind

Type = SalesDocument.Type


@may()
def posted_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Papers of a kind, the newest first."""
    if kind not in KINDS:
        raise Http404
    if not request.user.has_perm(KINDS[kind].permission):
        raise PermissionDenied
    return show_list(request, POSTED[kind])


def _in_lcy(column: str):
    """What papers come to in local currency."""

    def total(rows: QuerySet, facts: Facts):
        share = Round(F(column) / F("currency_factor"), precision=2)
        return rows.aggregate(sum=Sum(share, output_field=AmountField()))["sum"]

    return total


def _paper_columns(about: PaperKind) -> list[Column]:
    columns = [
        Column("number", gettext_lazy("No."), Kind.CODE, "number", indexed=True, phone=True),
        Column("customer", gettext_lazy("Customer No."), Kind.CODE, "customer__number"),
        Column(
            "name",
            gettext_lazy("Customer"),
            expression="sell_to_name",
            indexed=True,
            phone=True,
            stretch=True,
        ),
        Column(
            "posting_date", gettext_lazy("Posting date"), Kind.DAY, "posting_date", indexed=True, phone=True
        ),
        Column("document_date", gettext_lazy("Document date"), Kind.DAY, "document_date", shown=False),
        Column("order_date", gettext_lazy("Order date"), Kind.DAY, "order_date", shown=False),
        Column("order", gettext_lazy("Order no."), Kind.CODE, "order_no", indexed=True),
        Column("external", gettext_lazy("External no."), Kind.CODE, "external_document_no"),
        Column("reference", gettext_lazy("Your reference"), expression="your_reference", shown=False),
        Column("bill_to", gettext_lazy("Bill-to name"), expression="bill_to_name", shown=False),
        Column("ship_to", gettext_lazy("Ship-to name"), expression="ship_to_name", shown=False),
        Column("ship_to_city", gettext_lazy("Ship-to city"), expression="ship_to_city", shown=False),
        Column("location", gettext_lazy("Location"), Kind.CODE, "location_code", shown=False),
        Column("agent", gettext_lazy("Shipping agent"), Kind.CODE, "shipping_agent_code", shown=False),
        Column(
            "tracking",
            gettext_lazy("Package tracking no."),
            Kind.CODE,
            "package_tracking_no",
            shown=not about.has_amounts,
        ),
        Column(
            "salesperson",
            gettext_lazy("Salesperson"),
            Kind.CODE,
            "salesperson_code",
            shown=False,
            token="salesperson",
        ),
        Column("posted_by", gettext_lazy("Posted by"), Kind.CODE, "created_by", shown=False, token="user"),
        Column("posted_at", gettext_lazy("Posted at"), Kind.MOMENT, "created_at", shown=False),
    ]
    if about.has_amounts:
        columns += [
            Column("due_date", gettext_lazy("Due date"), Kind.DAY, "due_date"),
            Column("currency", gettext_lazy("Currency"), Kind.CODE, "currency_code", shown=False),
            Column("net", gettext_lazy("Net"), Kind.AMOUNT, "amount", total=_in_lcy("amount")),
            Column(
                "gross",
                gettext_lazy("Total"),
                Kind.AMOUNT,
                "amount_including_vat",
                total=_in_lcy("amount_including_vat"),
                phone=True,
                prefix=lambda paper: paper.currency_code,
            ),
        ]
    return columns


def _posted(kind: str, about: PaperKind) -> Listing:
    return Listing(
        key=f"sales.posted-{kind}",
        title=about.title,
        rows=lambda facts: about.model.objects.select_related("customer"),
        columns=_paper_columns(about),
        search=lambda rows, text, facts: find_papers(rows, text, "order_no"),
        search_hint=gettext_lazy("Number, order, customer"),
        row_key=lambda paper: paper.number,
        find=lambda rows, keys: rows.filter(number__in=list(keys)),
        row_url=lambda paper: reverse("sales:posted", args=[kind, paper.number]),
        actions=[
            BulkAction(
                "print",
                gettext_lazy("Print"),
                url=lambda facts: reverse("sales:posted-list-pdf", args=[kind]),
            )
        ],
        empty=gettext_lazy("What is posted is listed here, the newest first."),
    )


POSTED = {kind: _posted(kind, about) for kind, about in KINDS.items()}


@may("sales.view_archiveddocument")
def archive_list(request: HttpRequest, type: str) -> HttpResponseBase:
    """Versions of documents of a type, the newest first."""
    if type not in ARCHIVED:
        raise Http404
    return show_list(request, VERSIONS[type])


def _find_versions(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    found = Q(number__istartswith=text) | Q(sell_to_name__icontains=text) | Q(customer_no__iexact=text)
    return rows.filter(found)


def _version_url(version: ArchivedDocument) -> str:
    place = [version.type, version.number, version.occurrence, version.version]
    return reverse("sales:archive-version", args=place)


def _versions(type: str) -> Listing:
    return Listing(
        key=f"sales.archive-{type}",
        title=gettext_lazy("Earlier versions"),
        rows=lambda facts: ArchivedDocument.objects.filter(type=type).defer("content"),
        columns=[
            Column("number", gettext_lazy("No."), Kind.CODE, "number", phone=True),
            Column(
                "version",
                gettext_lazy("Version"),
                Kind.NUMBER,
                "version",
                phone=True,
                url=lambda version: reverse("sales:archive-document", args=[type, version.number]),
            ),
            Column("occurrence", gettext_lazy("Occurrence"), Kind.NUMBER, "occurrence", shown=False),
            Column("customer", gettext_lazy("Customer No."), Kind.CODE, "customer_no"),
            Column("name", gettext_lazy("Customer"), expression="sell_to_name", phone=True, stretch=True),
            Column("reason", gettext_lazy("Why"), Kind.CHOICE, "reason"),
            Column("archived_at", gettext_lazy("Archived"), Kind.MOMENT, "archived_at"),
            Column("archived_by", gettext_lazy("By"), Kind.CODE, "archived_by", token="user"),
            Column(
                "gross",
                gettext_lazy("Total"),
                Kind.AMOUNT,
                "amount_including_vat",
                phone=True,
                prefix=lambda version: version.currency_code,
            ),
        ],
        search=_find_versions,
        search_hint=gettext_lazy("Number, customer"),
        row_url=_version_url,
        switch=lambda facts: [
            (each.label, reverse("sales:archive-list", args=[each.value]), each == type)
            for each in Type
            if each in ARCHIVED
        ],
        empty=gettext_lazy(
            "Versions are listed here once documents are archived: by hand, or where the sales set-up says so."
        ),
    )


VERSIONS = {type: _versions(type) for type in sorted(ARCHIVED)}


@may("sales.view_salesdocument")
def run_list(request: HttpRequest) -> HttpResponseBase:
    """Posting runs, the latest first, with how far each has come."""
    return show_list(request, RUNS)


def _what(run: PostingRun) -> str:
    if run.ship and run.invoice:
        return _("Ship and invoice")
    return _("Ship") if run.ship else _("Invoice")


def _fill_runs(runs, facts: Facts, names: frozenset[str]) -> None:
    """How many documents each run has, and how many of them are posted or failed."""
    of_status = {status.value: Count("pk", filter=Q(status=status)) for status in PostingJob.Status}
    jobs = PostingJob.objects.filter(run__in=runs).order_by().values("run_id")
    counts = {row["run_id"]: row for row in jobs.annotate(documents=Count("pk"), **of_status)}
    for run in runs:
        run.counts = counts.get(run.pk, {})


def _counted(name: str):
    return lambda run: run.counts.get(name, 0)


RUNS = Listing(
    key="sales.runs",
    title=gettext_lazy("Posting runs"),
    rows=lambda facts: PostingRun.objects.select_related("requested_by"),
    columns=[
        Column("requested", gettext_lazy("Requested"), Kind.MOMENT, "requested_at", phone=True),
        Column(
            "by",
            gettext_lazy("By"),
            Kind.CODE,
            "requested_by__username",
            token="user",
            stretch=True,
        ),
        Column("what", gettext_lazy("What"), value=_what),
        Column("posting_date", gettext_lazy("Posting date"), Kind.DAY, "posting_date"),
        Column(
            "documents",
            gettext_lazy("Documents"),
            Kind.NUMBER,
            value=_counted("documents"),
            fills="counts",
            phone=True,
        ),
        Column(
            "posted",
            gettext_lazy("Posted"),
            Kind.NUMBER,
            value=_counted("posted"),
            fills="counts",
            phone=True,
        ),
        Column(
            "failed",
            gettext_lazy("Failed"),
            Kind.NUMBER,
            value=_counted("failed"),
            fills="counts",
            phone=True,
            blank_zero=True,
            status=lambda run: "blocked" if run.counts.get("failed") else "",
        ),
        Column(
            "finished",
            gettext_lazy("Status"),
            value=lambda run: _("Finished") if run.finished_at else _("Running"),
            status=lambda run: "plain" if run.finished_at else "warn",
        ),
        Column("finished_at", gettext_lazy("Finished at"), Kind.MOMENT, "finished_at", shown=False),
    ],
    views=[
        View("all", gettext_lazy("All")),
        View("running", gettext_lazy("Running"), lambda rows, facts: rows.filter(finished_at=None)),
        View(
            "failed",
            gettext_lazy("With errors"),
            lambda rows, facts: rows.filter(
                pk__in=PostingJob.objects.filter(status=PostingJob.Status.FAILED).values("run_id")
            ),
        ),
    ],
    row_url=lambda run: reverse("sales:run", args=[run.uuid]),
    fill=_fill_runs,
    empty=gettext_lazy(
        "Documents that are posted together, or in the background, are listed here: "
        "choose them on a list of orders or invoices."
    ),
)
