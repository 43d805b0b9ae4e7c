"""manage.py apply_entries: settles open entries with one that was posted before."""

from argparse import ArgumentParser, ArgumentTypeError
from decimal import Decimal

from django.utils import timezone

from erp.kernel.errors import ErpError
from erp.management.acting import ActingCommand
from erp.management.arguments import amount, day, problems_found, refusal, user_named
from receivables import selectors
from receivables.routines.apply import apply_entries, preview_application


def target(text: str) -> tuple[int, Decimal | None]:
    """An entry number, alone or with the amount to apply: 4711 or 4711=600.00; the entry's sign is added later."""
    number, _sign, value = text.partition("=")
    if not number.isdecimal():
        raise ArgumentTypeError(f"{text} is not an entry number; see customer_ledger for the numbers")
    return int(number), amount(value) if value else None


class Command(ActingCommand):
    """The door for applying posted entries by hand."""

    help = "Applies an open entry to others: apply_entries 120 95 98=600.00 settles 95, and 600.00 of 98, by 120."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "applying", type=int, metavar="ENTRY", help="the entry that settles, as a payment does"
        )
        parser.add_argument("to", nargs="+", type=target, metavar="ENTRY[=AMOUNT]", help="what it settles")
        parser.add_argument(
            "--date", type=day, metavar="DATE", help="default: the latest date of all entries"
        )
        parser.add_argument("--refuse-tolerance", action="store_true", help="small differences stay open")
        parser.add_argument(
            "--refuse-late-discount", action="store_true", help="the grace period does not count"
        )
        parser.add_argument("--preview", action="store_true", help="show what would happen, write nothing")

    def handle(self, *, applying: int, to: list[tuple[int, Decimal | None]], **options) -> None:
        given = {
            "by": user_named(options["user"]),
            "applying": applying,
            "to": _signed(to),
            "on": options["date"],
            "accept_payment_tolerance": not options["refuse_tolerance"],
            "accept_late_discount": not options["refuse_late_discount"],
        }
        try:
            if options["preview"]:
                planned = preview_application(**given)
                if planned.problems:
                    raise problems_found(planned.problems)
                for item in planned.plan.after.values():
                    name = f"{item.document_type.replace('_', ' ')} {item.document_no}"
                    self.stdout.write(f"{item.key:>10}  {name:<40}  {item.remaining:>18,.2f} open")
                return
            applied = apply_entries(at=timezone.now(), **given)
        except ErpError as error:
            raise refusal(error) from error
        where = f"register {applied.register_no}" if applied.register_no else "nothing in the G/L"
        self.stdout.write(
            f"Applied on {applied.on}: {applied.remaining:,.2f} of entry {applying} is open; {where}."
        )


def _signed(to: list[tuple[int, Decimal | None]]) -> list[tuple[int, Decimal | None]]:
    """Amounts in the sign of their entries."""
    signed = []
    for entry_no, value in to:
        row = selectors.entry(entry_no) if value is not None else None
        signed.append((entry_no, -value if row is not None and row.remaining < 0 else value))
    return signed
