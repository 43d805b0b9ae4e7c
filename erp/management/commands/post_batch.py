"""manage.py post_batch: posts many documents, each by itself, and says what became of each."""

from argparse import ArgumentParser
from datetime import date, datetime

from django.core.management.base import CommandError
from django.utils import timezone

from erp.kernel.models import User
from erp.management.arguments import count, day
from erp.management.documents import DocumentCommand, find_document
from sales.models import PostingJob, PostingRun, SalesDocument
from sales.plans.jobs import as_problems, name_of, scheduled
from sales.routines.post_side_by_side import post_side_by_side, processes_for
from sales.routines.schedule import schedule
from sales.traits import TRAITS

POSTED = tuple(name for name, traits in TRAITS.items() if traits.invoices)
Status = PostingJob.Status


class Command(DocumentCommand):
    """The door for posting at the end of the day."""

    help = (
        "Posts documents that are named: post_batch order SO-10001 SO-10002, or all that are released: post_batch "
        "order --all-released. Many are posted by several processes, and then neighbours may change places; "
        "--processes 1 keeps the order. What fails is told and does not stop the rest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("type", choices=POSTED, metavar="TYPE", help=", ".join(POSTED))
        parser.add_argument("numbers", nargs="*", metavar="NUMBER")
        parser.add_argument("--all-released", action="store_true", help="all released documents of the type")
        parser.add_argument("--ship", action="store_true", help="only ship (or receive)")
        parser.add_argument("--invoice", action="store_true", help="only invoice (or credit)")
        parser.add_argument(
            "--date", type=day, metavar="DATE", help="posting date of documents that have none"
        )
        parser.add_argument("--replace-posting-date", action="store_true", help="of all others too")
        parser.add_argument("--replace-document-date", action="store_true")
        parser.add_argument("--calc-invoice-discount", action="store_true")
        parser.add_argument("--stop-at-first-error", action="store_true")
        parser.add_argument(
            "--processes",
            type=count,
            metavar="N",
            help="how many work on it; by default one for few documents",
        )
        parser.add_argument("--background", action="store_true", help="leave the posting to the job queue")

    def act(
        self,
        *,
        by: User | None,
        at: datetime,
        type: str,
        numbers: list[str],
        all_released: bool,
        ship: bool,
        invoice: bool,
        date: date | None,
        background: bool,
        processes: int | None,
        **options,
    ) -> None:
        documents = self._documents(type, numbers, all_released=all_released)
        both = ship == invoice  # neither is both
        run = schedule(
            documents,
            by=by,
            at=at,
            ship=ship or both,
            invoice=invoice or both,
            posting_date=date,
            replace_posting_date=options["replace_posting_date"],
            replace_document_date=options["replace_document_date"],
            calc_invoice_discount=options["calc_invoice_discount"],
            stop_at_first_error=options["stop_at_first_error"],
            in_background=background,
        )
        if background:
            self.stdout.write(scheduled(run.jobs.filter(status=Status.WAITING)).message)
        else:
            processes = processes or processes_for(len(documents))
            post_side_by_side(run, clock=timezone.now, processes=processes)
        self._tell(
            run, done=(Status.WAITING, Status.POSTING, Status.POSTED) if background else (Status.POSTED,)
        )

    def _documents(self, type: str, numbers: list[str], *, all_released: bool) -> list[SalesDocument]:
        if all_released == bool(numbers):
            raise CommandError("Name documents, or all of them with --all-released.")
        if not all_released:
            return [find_document(number, type) for number in dict.fromkeys(numbers)]
        documents = list(SalesDocument.objects.filter(type=type).released().order_by("pk"))
        if not documents:
            raise CommandError(f"There is no released {type.replace('_', ' ')}.")
        return documents

    def _tell(self, run: PostingRun, *, done: tuple[str, ...]) -> None:
        jobs = list(run.jobs.order_by("place"))
        for job in jobs:
            if job.status == Status.POSTED:
                papers = ", ".join(number for number in (job.goods_no, job.money_no) if number)
                self.stdout.write(f"{name_of(job)}: posted {papers}")
            for problem in as_problems(job.problems):
                self.stderr.write(f"{name_of(job)}: {problem} [{problem.code}]")
        lost = [job for job in jobs if job.status not in done]
        if lost:
            raise CommandError(f"{len(lost)} of {len(jobs)} documents were not posted.")
