from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import ArchivedDocument, SalesComment, SalesDocument, SalesSetup
from sales.plans.archive_rules import keeps_version
from sales.rights import SELL
from sales.routines.archive import write_versions

Status = SalesDocument.Status


@dataclass(frozen=True)
class DeletedQuotes:
    """Numbers of the quotes that are gone, and of those that stay because somebody is to approve them."""

    deleted: tuple[str, ...]
    kept: tuple[str, ...]


@needs("sales.delete_salesdocument", SELL)
@transaction.atomic
def delete_expired_quotes(*, on: date, by, at: datetime, archive: bool | None = None) -> DeletedQuotes:
    """Delete the quotes that were valid until a day before this one; a quote without such a day never expires.

    archive  whether versions are kept, where the set-up asks
    raises   ProblemsFound: Q-ARCH where it asks and nobody answered

    Released quotes go too. Source: Business Central, Delete Expired Sales Quotes.
    """
    setup = SalesSetup.objects.get()
    expired = SalesDocument.objects.quotes().filter(valid_until__lt=on).order_by("pk")
    quotes = list(
        expired.select_for_update(of=("self",)).select_related(
            "customer", "bill_to_customer", "customer_template"
        )
    )
    kept = [quote for quote in quotes if quote.status == Status.PENDING_APPROVAL]
    going = [quote for quote in quotes if quote.status != Status.PENDING_APPROVAL]
    asks = setup.archive_quotes == SalesSetup.ArchiveQuotes.QUESTION
    if going and asks and archive is None:
        message = _("Archive {count} quotes before they go?").format(count=len(going))
        raise_problems(_("Quotes"), [Problem("Q-ARCH", message, field="archive")])
    if going and keeps_version(setup, SalesDocument.Type.QUOTE, archive):
        write_versions(going, reason=ArchivedDocument.Reason.DELETED, by=by, at=at)
    numbers = [quote.number for quote in going]
    SalesComment.objects.filter(kind=SalesDocument.Type.QUOTE, number__in=numbers).delete()
    SalesDocument.objects.filter(pk__in=[quote.pk for quote in going]).delete()
    return DeletedQuotes(tuple(numbers), tuple(quote.number for quote in kept))
