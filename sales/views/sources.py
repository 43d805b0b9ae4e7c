"""From what people type to a paper that can be copied: a working document, a posted paper, an archived version."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, ProblemsFound
from sales.models import ArchivedDocument, SalesDocument
from sales.models.base import PostedPaper
from sales.reversible import KINDS
from sales.traits import TRAITS

OFFERED = 30  # how many papers of each kind are offered to type ahead with


def may_see(request: HttpRequest, kind: str) -> bool:
    """Whether this user may read papers of a kind: "order", "posted_invoice", "archived_order"."""
    if kind.startswith("archived_"):
        return request.user.has_perm("sales.view_archiveddocument")
    if kind.startswith("posted_"):
        model = KINDS[kind.removeprefix("posted_")].model
        return request.user.has_perm(f"sales.view_{model._meta.model_name}")
    return request.user.has_perm("sales.view_salesdocument")


def source_meant(
    request: HttpRequest, kind: str, number: str, version: int | None = None, occurrence: int | None = None
) -> SalesDocument | PostedPaper | ArchivedDocument:
    """The paper of a kind and number; of a number alone where the kind is blank, archived versions left out.

    version     of an archived document; None: the last one
    occurrence  which of several documents that had the number; None: the last one
    raises      ProblemsFound: E-COPY-NONE where there is none, E-COPY-SEVERAL where the kind must be said;
                PermissionDenied
    """
    number = number.replace("\0", "").strip()
    if not kind:
        return _named(request, number)
    if not may_see(request, kind):
        raise PermissionDenied
    if kind.startswith("archived_"):
        versions = ArchivedDocument.objects.filter(type=kind.removeprefix("archived_"), number=number)
        if version is not None:
            versions = versions.filter(version=version)
        if occurrence is not None:
            versions = versions.filter(occurrence=occurrence)
        found = versions.order_by("-occurrence", "-version").first()
    elif kind.startswith("posted_"):
        papers = KINDS[kind.removeprefix("posted_")].model.objects.select_related(
            "customer", "bill_to_customer"
        )
        found = papers.filter(number=number).first()
    else:
        documents = SalesDocument.objects.select_related("customer", "bill_to_customer", "customer_template")
        found = documents.filter(type=kind, number=number).first()
    if found is None:
        raise _none(number)
    return found


def _named(request: HttpRequest, number: str) -> SalesDocument | PostedPaper:
    """The one paper that has the number, among those that this user may see."""
    kinds = [*TRAITS, *(f"posted_{name}" for name in KINDS)]
    found = []
    for kind in kinds:
        posted = kind.removeprefix("posted_")
        model = KINDS[posted].model if kind != posted else SalesDocument
        rows = model.objects.filter(number=number, **({} if kind != posted else {"type": kind}))
        if number and may_see(request, kind) and rows.exists():
            found.append(
                (kind, str(model._meta.verbose_name) if kind != posted else SalesDocument.Type(kind).label)
            )
    if len(found) > 1:
        message = _("Several papers have the number {number}: choose the type, {types}.")
        types = ", ".join(str(name) for _kind, name in found)
        raise ProblemsFound(
            [Problem("E-COPY-SEVERAL", message.format(number=number, types=types), field="kind")]
        )
    if not found:
        raise _none(number)
    return source_meant(request, found[0][0], number)


def _none(number: str) -> ProblemsFound:
    message = _("There is no such paper {number}; choose its type and type its number.")
    return ProblemsFound([Problem("E-COPY-NONE", message.format(number=number or "–"), field="number")])


def is_kind(kind: str) -> bool:
    return kind in TRAITS or any(
        kind.startswith(prefix) and kind.removeprefix(prefix) in known
        for prefix, known in (("posted_", KINDS), ("archived_", TRAITS))
    )


def offered_papers(request: HttpRequest, document: SalesDocument) -> list[tuple[str, str]]:
    """The latest papers of the document's customer that this user may see, with what each is."""
    offered: list[tuple[str, str]] = []
    for name, about in KINDS.items():
        if may_see(request, f"posted_{name}"):
            papers = about.model.objects.filter(customer_id=document.customer_id).order_by("-id")
            label = str(about.model._meta.verbose_name)
            offered += [(number, label) for number in papers.values_list("number", flat=True)[:OFFERED]]
    documents = SalesDocument.objects.filter(customer_id=document.customer_id).exclude(pk=document.pk)
    offered += [
        (each.number, str(each)) for each in documents.only("type", "number").order_by("-id")[:OFFERED]
    ]
    return offered
