from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from customers.models import Customer, CustomerTemplate
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.head import check_codes
from sales.masters import LineMasters
from sales.models import ArchivedDocument, ChargeAssignment, QuoteProgress, SalesComment, SalesDocument
from sales.plans.archive import decoded
from sales.plans.new_line import take_vat
from sales.plans.restore import Restored, plan_restore, restore_head, take_masters
from sales.plans.still_sold import check_still_sold, named_by
from sales.routines.archive import write_versions
from sales.routines.lock import lock, refuse_locked
from sales.routines.total import total
from sales.routines.write_lines import write_lines
from sales.selectors import has_papers, is_called_off
from sales.values import SalesValues

# How far a quote has come is kept, but for what was told the customer: that begins again.
PROGRESS = frozenset({"probability_percent", "follow_up_date", "competitor"})


@needs("sales.change_salesdocument", "sales.change_salesline")
@transaction.atomic
def restore(version: ArchivedDocument, *, by, at: datetime, on: date) -> SalesDocument:
    """Put a version in place of the document as it is now, which is archived before it is replaced.

    on      the work date, by which the masters of the lines are read
    raises  ProblemsFound: E-ARCH-GONE where the document is gone or its number is another document's by now,
            E-ARCH-POSTED once something is posted (or called off) from it, E-ARCH-MASTER for what no longer exists,
            blocked customers and items; LinesLocked and its like where the document may not change

    Number, status and history of the document stay. VAT is that of today's set-up, and totals are worked out anew; a
    quote begins again as Created. Source: Business Central, restoring archived documents.
    """
    document = _living(version)
    refuse_locked(document, wants_open=[_("what it says")])
    raise_problems(document, _check_nothing_posted(document))
    content = version.content
    currency = {"currency_code": content["head"]["currency_code"]}
    raise_problems(document, check_codes(currency))
    values = SalesValues.load(**currency)
    plan = plan_restore(document, content)
    masters = LineMasters.load(named_by(plan.lines), customer_no="", on=on)
    people, problems = _people(document, content["head"])
    problems += take_masters(plan, masters)
    problems += check_still_sold(document, plan.lines, masters)
    for line in plan.lines:
        if line.sells_something:
            problems += take_vat(line, values)
    raise_problems(document, problems)

    write_versions([document], reason=ArchivedDocument.Reason.RESTORED, by=by, at=at)
    restore_head(document, content)
    for name, row in people.items():
        setattr(document, name, row)
    document.modified_at = at
    document.save()
    _replace_rows(document, plan)
    if content["progress"] is not None:
        _begin_again(document, content["progress"])
    total(document, values=values, at=at)
    return document


def _living(version: ArchivedDocument) -> SalesDocument:
    """The document that the version is of, locked."""
    found = SalesDocument.objects.filter(
        type=version.type, number=version.number, occurrence=version.occurrence
    ).first()
    if found is None:
        message = _("{version} cannot be restored: the document it is of no longer exists. Copy it instead.")
        raise_problems(version, [Problem("E-ARCH-GONE", message.format(version=version))])
    return lock(found.pk)


def _check_nothing_posted(document: SalesDocument) -> list[Problem]:
    moved = document.lines.exclude(quantity_shipped=0, quantity_invoiced=0).exists()
    posted = document.traits.in_steps and has_papers(document.type, document.number)
    if not (moved or posted or is_called_off(document)):
        return []
    message = _("{document} is partly posted; an earlier version of it cannot be restored.")
    return [Problem("E-ARCH-POSTED", message.format(document=document))]


def _people(document: SalesDocument, head: Mapping) -> tuple[dict[str, object], list[Problem]]:
    """The customers and the template that the version names; and who of them is gone or blocked."""
    numbers = [head[name] for name in ("customer", "bill_to_customer") if head[name]]
    known = {customer.number: customer for customer in Customer.objects.filter(number__in=numbers)}
    templates = CustomerTemplate.objects.filter(code=head["customer_template"] or "")
    people = {
        "customer": known.get(head["customer"]),
        "bill_to_customer": known.get(head["bill_to_customer"]),
        "customer_template": templates.first(),
    }
    message = _("{noun} {number} no longer exists; the version cannot be put back.")
    problems = [
        Problem(
            "E-ARCH-MASTER",
            message.format(noun=document._meta.get_field(name).verbose_name, number=head[name]),
            field=name,
        )
        for name, row in people.items()
        if head[name] and row is None
    ]
    problems += check_not_blocked(
        people["customer"], people["bill_to_customer"], document_type=document.type, action="create"
    )
    return people, problems


def _replace_rows(document: SalesDocument, plan: Restored) -> None:
    """Lines with their texts and charges, and comments: those of the version instead of those there are."""
    document.lines.all().delete()
    lines = write_lines(plan.lines, plan.parents)
    for charge, line_no, target_no in plan.charges:
        charge.line = lines[line_no]
        charge.target_line = lines[target_no] if target_no else None
    ChargeAssignment.objects.bulk_create(charge for charge, _line_no, _target_no in plan.charges)
    SalesComment.objects.filter(kind=document.type, number=document.number).delete()
    SalesComment.objects.bulk_create(plan.comments)


def _begin_again(quote: SalesDocument, content: Mapping) -> None:
    """What was offered has changed, so the customer has not been told yet."""
    facts = decoded(QuoteProgress, content, ("document", "reason"))
    progress = QuoteProgress(document=quote, **{name: facts[name] for name in PROGRESS & facts.keys()})
    QuoteProgress.objects.filter(document=quote).delete()
    progress.save(force_insert=True)
